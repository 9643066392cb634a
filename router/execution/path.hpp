// Response paths: where in the client's answer something stands.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace signet::execution {

/// A response key, or an index when `key` is empty.
/// Lifetime: keys borrow from the plan.
struct PathElement {
  static constexpr uint32_t kHidden = UINT32_MAX;  ///< as index: a field that the client did not ask for

  std::string_view key;
  uint32_t index = 0;

  /// The element for a field with response key `key`, which is empty when the field is hidden.
  static PathElement field(std::string_view key) { return {.key = key, .index = key.empty() ? kHidden : 0}; }
  bool hidden() const { return index == kHidden; }
  friend auto operator<=>(const PathElement&, const PathElement&) = default;
};

using Path = std::vector<PathElement>;

}  // namespace signet::execution
