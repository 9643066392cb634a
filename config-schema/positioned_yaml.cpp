#include "config-schema/positioned_yaml.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <sstream>
#include <unordered_map>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "config-schema/findings.hpp"
#include "config-schema/yaml_text.hpp"

namespace signet::config {
namespace {

constexpr size_t kDepthMax = 64;

// Builds the tree. What cannot be gone on from is thrown as a ParserException, which yaml-cpp passes through and
// parse_yaml() catches; other mistakes are reported and the tree goes on.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const LineIndex& lines, Findings& findings) : lines_(lines), findings_(findings) {}

  bool has_document() const { return seen_; }
  Place last() const { return last_; }
  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check_plain(mark, "", anchor);
    if (wants_key())
      throw YAML::ParserException(mark, "a key is missing or null; write a name, quoted if it is `null`");
    Place where = place(mark);
    if (!open_.empty() && open_.back().node->kind == NodeKind::map) {
      // An absent value has no place of its own: yaml-cpp gives that of whatever comes next.
      const Place key = open_.back().node->members.back().key_place;
      if (where.line != key.line || where.column <= key.column) where = key;
    }
    add({.kind = NodeKind::null, .place = where});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    refuse(mark, "aliases are refused; write the value here");
    if (wants_key()) throw YAML::ParserException(mark, "a key cannot be an alias");
    add({.kind = NodeKind::null, .place = place(mark), .failed = true});
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_plain(mark, tag, anchor);
    if (wants_key()) return add_key(mark, tag, value);
    add({.kind = NodeKind::scalar,
         .place = place(mark),
         .text = value,
         .quoted = tag == "!",
         .verbatim = lines_.holds(mark.line, mark.column, value)});
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, NodeKind::list);
  }
  void OnSequenceEnd() override { open_.pop_back(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, NodeKind::map);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  struct Open {
    YamlNode* node;
    std::string path;
    bool has_key = false;
    std::unordered_map<std::string, uint32_t> lines;  // of the keys so far
  };

  Place place(const YAML::Mark& mark) { return last_ = lines_.place(mark.line, mark.column); }
  bool wants_key() const { return !open_.empty() && open_.back().node->kind == NodeKind::map && !open_.back().has_key; }

  std::string path_here() const {
    if (open_.empty()) return "";
    const Open& top = open_.back();
    if (top.node->kind == NodeKind::list) return fmt::format("{}[{}]", top.path, top.node->items.size());
    return top.has_key ? join_path(top.path, top.node->members.back().key) : top.path;
  }

  void refuse(const YAML::Mark& mark, std::string message) {
    findings_.error(place(mark), path_here(), std::move(message));
  }

  void check_plain(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor) {
    if (anchor != 0) refuse(mark, "anchors are refused; write the value where it is needed");
    if (tag.size() > 1)
      refuse(mark, fmt::format("the tag {} is refused; the schema says which type a value has", quote(tag)));
  }

  void add_key(const YAML::Mark& mark, std::string_view tag, const std::string& key) {
    Open& top = open_.back();
    if (key == "<<" && tag != "!") refuse(mark, "merge keys are refused; write the keys here");
    const auto [found, fresh] = top.lines.emplace(key, place(mark).line);
    if (!fresh) {
      findings_.error(place(mark), join_path(top.path, key),
                      fmt::format("the key stands here a second time; the first is on line {}", found->second));
    }
    top.node->members.push_back({key, place(mark), {}});
    top.has_key = true;
  }

  YamlNode& add(YamlNode node) {
    seen_ = true;
    if (open_.empty()) return root_ = std::move(node);
    Open& top = open_.back();
    if (top.node->kind == NodeKind::list) return top.node->items.emplace_back(std::move(node));
    top.has_key = false;
    return top.node->members.back().value = std::move(node);
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, NodeKind kind) {
    check_plain(mark, tag, anchor);
    if (wants_key()) throw YAML::ParserException(mark, "a key must be plain text, not a list or a map");
    if (open_.size() >= kDepthMax) {
      throw YAML::ParserException(mark, fmt::format("nested more than {} deep", kDepthMax));
    }
    std::string path = path_here();
    // The pointer stays good while this container is open: its parent grows again only after it is closed.
    YamlNode& node = add({.kind = kind, .place = place(mark)});
    open_.push_back({&node, std::move(path), false, {}});
  }

  const LineIndex& lines_;
  Findings& findings_;
  YamlNode root_;
  std::vector<Open> open_;
  Place last_;
  bool seen_ = false;
};

// yaml-cpp's words may end in a byte of the file, of an escape that it does not know: half a character, perhaps.
std::string printable(std::string text) {
  for (char& c : text) {
    if (c < 0x20 || c > 0x7E) c = '?';
  }
  return text;
}

bool run_parser(const SourceFile& file, TreeBuilder& builder, const LineIndex& lines, Findings& findings) {
  try {
    std::istringstream stream(file.text);
    YAML::Parser parser(stream);
    // Once only: asked again after a stray `,`, yaml-cpp gives out empty documents without end.
    parser.HandleNextDocument(builder);
    if (parser) {
      findings.error(builder.last(), "", "what follows here does not belong to the document; check the indentation");
      return false;
    }
  } catch (const YAML::Exception& error) {
    const Place place = error.mark.is_null() ? builder.last() : lines.place(error.mark.line, error.mark.column);
    findings.error(place, "", fmt::format("not valid YAML: {}", printable(error.msg)));
    return false;
  } catch (const std::exception& error) {
    findings.error(builder.last(), "", fmt::format("not valid YAML: {}", printable(error.what())));
    return false;
  }
  return true;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const YamlMember& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

const YamlNode* find_path(const YamlNode& root, std::string_view path) {
  const YamlNode* node = &root;
  while (node != nullptr && !path.empty()) {
    const size_t dot = std::min(path.find('.'), path.size());
    node = node->find(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return node;
}

std::string join_path(std::string_view parent, std::string_view key) {
  const bool plain = !key.empty() && key.size() <= 64 && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  std::string name = plain ? std::string(key) : quote(key);
  return parent.empty() ? name : fmt::format("{}.{}", parent, name);
}

std::optional<YamlNode> parse_yaml(const SourceFile& file, uint32_t index, Findings& findings) {
  if (!check_yaml_text(file, index, findings)) return std::nullopt;
  const LineIndex lines(file.text, index);
  TreeBuilder builder(lines, findings);
  if (!run_parser(file, builder, lines, findings)) {
    hide_likely_secrets(file, index, findings);
    return std::nullopt;
  }
  if (!builder.has_document()) {
    findings.error({index, 1, 1}, "", "the file holds no document; start with `version: 1`");
    return std::nullopt;
  }
  YamlNode root = builder.take();
  if (root.kind != NodeKind::map) {
    if (!findings.failed()) findings.error(root.place, "", "the file is not a map of keys; start with `version: 1`");
    return std::nullopt;
  }
  return root;
}

}  // namespace signet::config
