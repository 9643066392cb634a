// Interner: each distinct text once, with a dense id.
#pragma once

#include <string_view>
#include <unordered_map>

#include "router/base/arena.hpp"
#include "router/base/id.hpp"

namespace signet {

using NameId = Id<struct NameTag>;

/// Lifetime: texts live as long as the interner; it may move.
/// Threads: writes by one thread; reads of a frozen interner by any.
class Interner {
 public:
  /// The id of `text`, which is copied when it is new.
  NameId intern(std::string_view text);
  /// The id of `text`, or an invalid id when it was never interned.
  NameId find(std::string_view text) const;
  std::string_view text(NameId id) const { return texts_[id]; }
  size_t size() const { return texts_.size(); }

 private:
  Arena arena_;
  IdVector<NameId, std::string_view> texts_;
  std::unordered_map<std::string_view, NameId> ids_;
};

}  // namespace signet
