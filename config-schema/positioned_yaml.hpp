// YAML as a tree in which every key and value knows its place. Only plain YAML is accepted: what two parsers could read
// differently (anchors, tags, merge keys, several documents, tabs, duplicate keys) is an error with a place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config-schema/load.hpp"

namespace signet::config {

class Findings;

/// Where something stands; line and column from 1, in characters.
struct Place {
  uint32_t file = 0;  ///< index of the SourceFile
  uint32_t line = 0;
  uint32_t column = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

enum class NodeKind : uint8_t { null, scalar, list, map };

struct YamlMember;

/// Scalars are text; what the text means is the schema's business.
struct YamlNode {
  NodeKind kind = NodeKind::null;
  Place place;
  std::string text;                 ///< scalar
  std::string written;              ///< scalar that a substitution changed: its text in the file
  bool quoted = false;              ///< scalar in quotes, or a block scalar
  bool verbatim = false;            ///< scalar whose text stands on its line as it is, inside quotes if it has some
  bool failed = false;              ///< its substitution failed; the error is already reported
  std::vector<YamlNode> items;      ///< list
  std::vector<YamlMember> members;  ///< map, in file order

  const YamlNode* find(std::string_view key) const;
  bool substituted() const { return !written.empty(); }
};

struct YamlMember {
  std::string key;
  Place key_place;
  YamlNode value;
};

/// Follows a path of keys like "subgraphs.all.timeout"; null when a step is missing. For paths without list indexes.
const YamlNode* find_path(const YamlNode& root, std::string_view path);

/// "limits" + "depth" -> "limits.depth"; keys that need it are quoted.
std::string join_path(std::string_view parent, std::string_view key);

/// Parses `file`, number `index` of the run. Errors go to `findings`; then nothing is returned.
std::optional<YamlNode> parse_yaml(const SourceFile& file, uint32_t index, Findings& findings);

}  // namespace signet::config
