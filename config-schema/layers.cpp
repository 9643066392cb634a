#include "config-schema/layers.hpp"

#include <unordered_map>

namespace signet::config {

void merge_layer(YamlNode& base, YamlNode over) {
  if (base.kind != NodeKind::map || over.kind != NodeKind::map) {
    base = std::move(over);
    return;
  }
  std::unordered_map<std::string, size_t> positions;
  for (size_t i = 0; i < base.members.size(); ++i) positions.emplace(base.members[i].key, i);
  for (YamlMember& member : over.members) {
    const auto found = positions.find(member.key);
    if (found == positions.end()) {
      base.members.push_back(std::move(member));
      continue;
    }
    YamlMember& below = base.members[found->second];
    below.key_place = member.key_place;
    merge_layer(below.value, std::move(member.value));
  }
}

}  // namespace signet::config
