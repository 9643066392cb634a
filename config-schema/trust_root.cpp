#include "config-schema/trust_root.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "config-schema/cross_checks.hpp"
#include "config-schema/decoder.hpp"
#include "config-schema/schema.hpp"
#include "config-schema/validator.hpp"
#include "router/base/units.hpp"

namespace signet::config {
namespace {

constexpr std::string_view kUnsafePrefix = "unsafe_";

void refuse_substitutions(const YamlNode& node, const std::string& path, Findings& findings) {
  if (node.kind == NodeKind::scalar && node.text.find("${") != std::string::npos) {
    findings.error(node.place, path, "a trust root takes nothing from its environment; write the value itself");
  }
  for (const YamlMember& member : node.members) {
    refuse_substitutions(member.value, join_path(path, member.key), findings);
  }
  for (size_t i = 0; i < node.items.size(); ++i) {
    refuse_substitutions(node.items[i], fmt::format("{}[{}]", path, i), findings);
  }
}

TrustRoot decode_root(const YamlNode& tree) {
  Config config = decode(tree, false);
  TrustRoot out{.graph = std::move(config.graph.name),
                .environment = std::move(config.graph.environment),
                .state_dir = std::move(config.graph.state_dir),
                .trust = std::move(config.trust),
                .admission_secret_file = std::move(config.admission.secret_file),
                .allow = std::nullopt,
                .unsafe = decode_texts(tree.find("unsafe"))};
  if (find_path(tree, "subgraphs.allow") != nullptr) out.allow = std::move(config.subgraphs.allow);
  return out;
}

void check_root(const YamlNode& tree, const TrustRoot& root, Findings& findings) {
  check_keys(find_path(tree, "trust.keys"), "trust.keys", findings);
  if (std::ranges::find(root.unsafe, "unsafe_compat") == root.unsafe.end()) {
    refuse_cosmo_keys(
        tree,
        "verifies nothing while the configuration may not use unsafe_compat; list that under unsafe here, "
        "or remove the key",
        findings);
  }
  if (root.trust.require_signed_config && root.state_dir.empty()) {
    findings.error(find_path(tree, "trust.require_signed_config")->place, "trust.require_signed_config",
                   "needs graph.state_dir here: where the highest serial of the configuration is kept must not be the "
                   "configuration's to say");
  }
}

// The map at `name` of `map`, made where it is missing. Null: there is something else.
YamlNode* map_at(YamlNode& map, std::string_view name, const Place& place) {
  for (YamlMember& member : map.members) {
    if (member.key == name) return member.value.kind == NodeKind::map ? &member.value : nullptr;
  }
  map.members.push_back({std::string(name), place, YamlNode{.kind = NodeKind::map, .place = place}});
  return &map.members.back().value;
}

void add_missing(const YamlNode& from, YamlNode& to, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const YamlNode* value = from.find(name);
    if (value != nullptr && to.find(name) == nullptr) to.members.push_back({std::string(name), value->place, *value});
  }
}

void add_items(const YamlNode& from, YamlNode& list) {
  for (const YamlNode& item : from.items) {
    if (std::ranges::find(list.items, item.text, &YamlNode::text) == list.items.end()) list.items.push_back(item);
  }
}

class Comparison {
 public:
  Comparison(const TrustRootTree& root, const YamlNode& tree, const Config& config, Findings& findings)
      : root_(root.root), tree_(tree), config_(config), findings_(findings) {}

  void run() {
    same("graph.name", config_.graph.name, root_.graph);
    same("graph.environment", config_.graph.environment, root_.environment);
    if (!root_.state_dir.empty()) same("graph.state_dir", config_.graph.state_dir, root_.state_dir);
    check_keys_are_known();
    check_trust();
    check_admission();
    check_unsafe(tree_, "");
  }

 private:
  void error(std::string_view path, const std::string& message) {
    const YamlNode* node = find_path(tree_, path);
    if (node != nullptr && !findings_.covers(path)) findings_.error(node->place, std::string(path), message);
  }

  void same(std::string_view path, const std::string& value, const std::string& wanted) {
    if (value != wanted) {
      error(path, fmt::format("the trust root says \"{}\"; write that, or leave the key out", wanted));
    }
  }

  void check_keys_are_known() {
    const YamlNode* list = find_path(tree_, "trust.keys");
    if (list == nullptr || findings_.covers("trust.keys")) return;
    for (size_t i = 0; i < config_.trust.keys.size() && i < list->items.size(); ++i) {
      const TrustKey& key = config_.trust.keys[i];
      const auto known = std::ranges::find(root_.trust.keys, key.kid, &TrustKey::kid);
      const std::string path = fmt::format("trust.keys[{}]", i);
      if (known == root_.trust.keys.end()) {
        findings_.error(list->items[i].place, path,
                        fmt::format("the trust root has no key {}; keys are added there", quote(key.kid)));
      } else if (key.algorithm != known->algorithm || key.role != known->role || key.format != known->format ||
                 key.secret_file != known->secret_file || key.public_key_file != known->public_key_file) {
        findings_.error(
            list->items[i].place, path,
            fmt::format("the trust root has another alg, role, format or file for {}; write those, or leave "
                        "trust.keys out",
                        quote(key.kid)));
      } else if ((known->not_before && (!key.not_before || *key.not_before < *known->not_before)) ||
                 (known->not_after && (!key.not_after || *key.not_after > *known->not_after))) {
        findings_.error(list->items[i].place, path,
                        fmt::format("the trust root gives {} a shorter validity; it may only be shortened further",
                                    quote(key.kid)));
      }
    }
  }

  void check_trust() {
    const Trust& trust = config_.trust;
    for (const KeyRole role : {KeyRole::release, KeyRole::approve}) {
      const auto least = std::ranges::count(root_.trust.required_roles, role);
      if (std::ranges::count(trust.required_roles, role) >= least) continue;
      error("trust.required_roles", fmt::format("the trust root asks for {} {} at least", least,
                                                role == KeyRole::release ? "release" : "approve"));
    }
    if (root_.trust.on_revoked == OnRevoked::drop && trust.on_revoked == OnRevoked::alarm) {
      error("trust.on_revoked", "the trust root says drop; write that, or leave the key out");
    }
    if (trust.min_serial < root_.trust.min_serial) {
      error("trust.min_serial", fmt::format("the trust root says {} at least", root_.trust.min_serial));
    }
    if (root_.trust.stale_grace && (!trust.stale_grace || *trust.stale_grace > *root_.trust.stale_grace)) {
      error("trust.stale_grace",
            fmt::format("the trust root says {} at most", format_duration(*root_.trust.stale_grace)));
    }
    if (root_.trust.require_signed_config && !trust.require_signed_config) {
      error("trust.require_signed_config", "the trust root says true; write that, or leave the key out");
    }
  }

  void check_admission() {
    if (find_path(tree_, "admission") == nullptr) return;
    const auto approves = [](const TrustKey& key) {
      return key.role == KeyRole::approve && key.algorithm == KeyAlgorithm::ed25519;
    };
    if (!root_.admission_secret_file.empty()) {
      same("admission.secret_file", config_.admission.secret_file, root_.admission_secret_file);
    } else if (std::ranges::none_of(root_.trust.keys, approves)) {
      error("admission",
            "the trust root lets no webhook approve: it has neither admission.secret_file nor an Ed25519 key with the "
            "role approve; add one of them there");
    } else if (std::ranges::none_of(config_.trust.keys, approves)) {
      // Without such a key the webhook's own secret would do, and that is the configuration's to name.
      error("trust.keys",
            "none is an Ed25519 key with the role approve, and the trust root names no webhook secret; list one, or "
            "leave "
            "trust.keys out");
    }
  }

  void check_unsafe(const YamlNode& map, const std::string& path) {
    for (const YamlMember& member : map.members) {
      const std::string own = join_path(path, member.key);
      check_unsafe(member.value, own);
      if (!member.key.starts_with(kUnsafePrefix) || member.value.text == "false" || member.value.text == "none" ||
          findings_.covers(own))
        continue;
      if (std::ranges::find(root_.unsafe, member.key) != root_.unsafe.end()) continue;
      findings_.error(
          member.value.place, own,
          fmt::format("the trust root does not allow it; remove it, or list {} under unsafe there", member.key));
    }
  }

  const TrustRoot& root_;
  const YamlNode& tree_;
  const Config& config_;
  Findings& findings_;
};

}  // namespace

std::optional<TrustRootTree> read_trust_root(const SourceFile& file, uint32_t index, Findings& findings) {
  const size_t errors_before = findings.error_count();
  std::optional<YamlNode> tree = parse_yaml(file, index, findings);
  if (!tree) return std::nullopt;
  refuse_substitutions(*tree, "", findings);
  validate(trust_root_schema(), *tree, false, findings);
  TrustRoot root = decode_root(*tree);
  if (findings.error_count() == errors_before) check_root(*tree, root, findings);
  if (findings.error_count() != errors_before) return std::nullopt;
  return TrustRootTree{std::move(*tree), std::move(root)};
}

std::expected<TrustRoot, std::vector<Diagnostic>> load_trust_root(const SourceFile& file) {
  const std::vector<SourceFile> files{file};
  Findings findings(files);
  auto read = read_trust_root(files.front(), 0, findings);
  if (!read) return std::unexpected(findings.take_errors());
  return std::move(read->root);
}

void complete_from(const TrustRootTree& root, YamlNode& tree) {
  if (tree.kind != NodeKind::map) return;
  const Place& start = root.tree.place;
  if (YamlNode* graph = map_at(tree, "graph", start)) {
    add_missing(*root.tree.find("graph"), *graph, {"name", "environment", "state_dir"});
  }
  if (YamlNode* trust = map_at(tree, "trust", start)) {
    const YamlNode& from = *root.tree.find("trust");
    add_missing(
        from, *trust,
        {"keys", "required_roles", "revoked", "on_revoked", "min_serial", "stale_grace", "require_signed_config"});
    for (YamlMember& member : trust->members) {
      if (const YamlNode* revoked = from.find("revoked"); revoked != nullptr && member.key == "revoked") {
        add_items(*revoked, member.value);
      }
    }
  }
  const YamlNode* allow = find_path(root.tree, "subgraphs.allow");
  if (YamlNode* subgraphs = allow == nullptr ? nullptr : map_at(tree, "subgraphs", start)) {
    add_missing(*root.tree.find("subgraphs"), *subgraphs, {"allow"});
  }
  if (root.tree.find("admission") != nullptr && tree.find("admission") != nullptr) {
    if (YamlNode* admission = map_at(tree, "admission", start)) {
      add_missing(*root.tree.find("admission"), *admission, {"secret_file"});
    }
  }
}

void check_against(const TrustRootTree& root, const YamlNode& tree, const Config& config, Findings& findings) {
  Comparison(root, tree, config, findings).run();
}

}  // namespace signet::config
