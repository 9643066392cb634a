// Change windows: when a graph may get what it has not had yet. Times are UTC.
#pragma once

#include <bitset>
#include <chrono>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "router/base/clock.hpp"

namespace signet::admission {

/// Open on `days` from `from` on until `to`. With `to` at or before `from` it goes on into the next day.
struct ChangeWindow {
  std::bitset<7> days;  ///< bit 0: Sunday
  std::chrono::minutes from{0}, to{std::chrono::hours(24)};
};

/// Nothing new from `from` on until `to`, whatever the windows say.
struct ChangeFreeze {
  WallTime from, to;
};

struct ChangeTimes {
  std::vector<ChangeWindow> windows;  ///< none: always open
  std::vector<ChangeFreeze> freezes;
};

/// Errors: why nothing new gets in at `now`, and when it may.
std::expected<void, std::string> check_time(const ChangeTimes& times, WallTime now);

}  // namespace signet::admission
