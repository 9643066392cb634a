// MapReader: members of one map of the validated tree, each read into its place in a struct. What is missing, or was
// refused, leaves the default.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config-schema/decoder.hpp"
#include "config-schema/positioned_yaml.hpp"

namespace signet::config {

/// Lifetime: borrows the map; null: a map without members.
class MapReader {
 public:
  explicit MapReader(const YamlNode* map) : map_(map) {}

  const YamlNode* node(std::string_view key) const { return map_ == nullptr ? nullptr : map_->find(key); }
  MapReader map(std::string_view key) const { return MapReader(node(key)); }

  const std::string* text(std::string_view key) const {
    const YamlNode* found = node(key);
    return found != nullptr && found->kind == NodeKind::scalar && !found->failed ? &found->text : nullptr;
  }
  void read(std::string_view key, std::string& out) const {
    if (const std::string* found = text(key)) out = *found;
  }
  void read(std::string_view key, bool& out) const {
    if (const std::string* found = text(key)) out = *found == "true";
  }
  void read(std::string_view key, std::vector<std::string>& out) const {
    if (const YamlNode* found = node(key)) out = decode_texts(found);
  }
  /// Reads with `parse`, which gives a std::expected; what does not parse leaves `out`.
  template <class T, class Parse>
  void read(std::string_view key, T& out, const Parse& parse) const {
    if (const std::string* found = text(key)) {
      if (auto value = parse(*found)) out = *value;
    }
  }
  /// Reads a word that the schema's enum lists.
  template <class T>
  void read_word(std::string_view key, T& out, std::initializer_list<std::pair<std::string_view, T>> words) const {
    const std::string* found = text(key);
    for (const auto& [word, value] : words) {
      if (found != nullptr && *found == word) out = value;
    }
  }

 private:
  const YamlNode* map_;
};

}  // namespace signet::config
