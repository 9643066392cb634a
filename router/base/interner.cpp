#include "router/base/interner.hpp"

namespace signet {

NameId Interner::intern(std::string_view text) {
  if (auto found = ids_.find(text); found != ids_.end()) return found->second;
  std::string_view copy = arena_.copy(text);
  NameId id = texts_.push_back(copy);
  ids_.emplace(copy, id);
  return id;
}

NameId Interner::find(std::string_view text) const {
  auto found = ids_.find(text);
  return found == ids_.end() ? NameId() : found->second;
}

}  // namespace signet
