// Clock: where time comes from. Pure rooms get one passed in; tests pass a manual one.
#pragma once

#include <chrono>

namespace signet {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime steady() const = 0;  ///< for timers and durations; never jumps
  virtual WallTime wall() const = 0;      ///< for validity of signatures and time stamps; may jump
};

/// The clocks of the operating system.
class SystemClock final : public Clock {
 public:
  SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
  WallTime wall() const override {
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace signet
