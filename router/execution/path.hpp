// Response paths: where in the client's answer something stands.
#pragma once

#include <algorithm>
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

/// Where a walk through an answer is. Its steps lie on the stacks of those who take them: they are taken for every
/// object and told for few.
class Trail {
 public:
  /// One step further, for as long as it lives.
  class Step {
   public:
    Step(Trail& trail, PathElement element) : trail_(trail), before_(trail.last_), element_(element) {
      trail.last_ = this;
    }
    ~Step() { trail_.last_ = before_; }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    friend class Trail;
    Trail& trail_;
    const Step* before_;
    PathElement element_;
  };

  Path path() const {
    Path path;
    for (const Step* step = last_; step != nullptr; step = step->before_) path.push_back(step->element_);
    std::ranges::reverse(path);
    return path;
  }

 private:
  const Step* last_ = nullptr;
};

}  // namespace signet::execution
