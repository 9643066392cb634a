// A clock that stands still until a test moves it.
#pragma once

#include "router/base/clock.hpp"

namespace signet::testing_support {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime wall) : wall_(wall) {}

  SteadyTime steady() const override { return steady_; }
  WallTime wall() const override { return wall_; }

  /// Both clocks move on.
  void advance(std::chrono::nanoseconds by) {
    steady_ += std::chrono::duration_cast<SteadyTime::duration>(by);
    wall_ += by;
  }
  /// Only the wall clock jumps, as when somebody sets it.
  void jump(std::chrono::nanoseconds by) { wall_ += by; }

 private:
  SteadyTime steady_{};
  WallTime wall_;
};

}  // namespace signet::testing_support
