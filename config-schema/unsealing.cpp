#include "config-schema/unsealing.hpp"

#include <fmt/format.h>

#include "config-schema/sealed_value.hpp"
#include "router/base/utf8.hpp"

namespace signet::config {
namespace {

void visit_below(YamlNode& node, const std::string& path,
                 const std::function<void(YamlNode&, const std::string&)>& visit) {
  // What a substitution brought in is not looked at again.
  if (node.kind == NodeKind::scalar && !node.failed && !node.substituted() && looks_sealed(node.text)) {
    visit(node, path);
  }
  for (size_t i = 0; i < node.items.size(); ++i) visit_below(node.items[i], fmt::format("{}[{}]", path, i), visit);
  for (YamlMember& member : node.members) visit_below(member.value, join_path(path, member.key), visit);
}

const YamlNode* scalar_at(const YamlNode& root, std::string_view path) {
  const YamlNode* node = find_path(root, path);
  return node != nullptr && node->kind == NodeKind::scalar && !node->failed ? node : nullptr;
}

// Opens with the keys of one configuration.
class Opener {
 public:
  Opener(const YamlNode& root, const SubstitutionSources& sources, std::vector<FileUse>& files, Findings& findings)
      : findings_(findings), place_(place_in(root)) {
    for (const std::string_view path : {kMasterKey, kPreviousMasterKey}) {
      if (const YamlNode* node = scalar_at(root, path)) read(*node, std::string(path), sources, files);
    }
  }

  void open(YamlNode& node, const std::string& path) {
    findings_.hide(node);
    if (masters_.empty()) {
      node.failed = true;
      if (!told_) findings_.error(node.place, path, fmt::format("is sealed; name the key's file in {}", kMasterKey));
      return;
    }
    const auto value = open_sealed(masters_, {place_.graph, place_.environment, path}, node.text);
    if (!value) return fail(node, path, value.error());
    const std::string_view text = as_text(value->view());
    if (!is_utf8(text) || text.find('\0') != std::string_view::npos)
      return fail(node, path, "does not hold UTF-8 text");
    node.written = std::exchange(node.text, std::string(text));
  }

 private:
  void fail(YamlNode& node, const std::string& path, const std::string& why) {
    findings_.error(node.place, path, "the value " + why);
    node.failed = true;
  }

  void read(const YamlNode& node, const std::string& key, const SubstitutionSources& sources,
            std::vector<FileUse>& files) {
    const auto text = sources.file ? sources.file(node.text) : std::nullopt;
    if (!text) {
      told_ = true;
      return findings_.error(node.place, key, fmt::format("the file {} cannot be read", quote(node)));
    }
    auto master = parse_master_key(*text);
    if (!master) {
      told_ = true;
      return findings_.error(node.place, key, fmt::format("{}: {}", quote(node), master.error()));
    }
    files.push_back({key, node.text, *master});
    masters_.push_back(std::move(*master));
  }

  Findings& findings_;
  SealedPlace place_;
  std::vector<crypto::SecretBytes> masters_;
  bool told_ = false;  // a key file is no good: that is the one error
};

}  // namespace

SealedPlace place_in(const YamlNode& root) {
  const auto text = [&root](std::string_view path) {
    const YamlNode* node = scalar_at(root, path);
    return node == nullptr ? std::string() : node->text;
  };
  return {text("graph.name"), text("graph.environment"), {}};
}

void for_each_sealed(YamlNode& root, const std::function<void(YamlNode& node, const std::string& path)>& visit) {
  visit_below(root, "", visit);
}

void unseal(YamlNode& root, const SubstitutionSources& sources, std::vector<FileUse>& files, Findings& findings) {
  std::vector<std::pair<YamlNode*, std::string>> sealed;
  for_each_sealed(root, [&](YamlNode& node, const std::string& path) { sealed.emplace_back(&node, path); });
  if (sealed.empty()) return;
  Opener opener(root, sources, files, findings);
  for (auto& [node, path] : sealed) opener.open(*node, path);
}

}  // namespace signet::config
