#include "signing/admission/change_windows.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/base/units.hpp"

namespace signet::admission {
namespace {

using std::chrono::days;
using std::chrono::minutes;

bool is_open(const ChangeWindow& window, WallTime now) {
  const auto midnight = std::chrono::floor<days>(now);
  const auto today = std::chrono::weekday(midnight).c_encoding();
  const auto since_midnight = now - midnight;
  if (window.from < window.to) {
    return window.days[today] && since_midnight >= window.from && since_midnight < window.to;
  }
  const auto yesterday = (today + 6) % 7;
  return (window.days[today] && since_midnight >= window.from) ||
         (window.days[yesterday] && since_midnight < window.to);
}

// The next whole minute at which a window is open; windows repeat every week.
std::string next_opening(const std::vector<ChangeWindow>& windows, WallTime now) {
  auto at = std::chrono::floor<minutes>(now);
  const auto end = at + days(8);
  for (; at < end; at += minutes(1)) {
    if (std::ranges::any_of(windows, [&](const ChangeWindow& window) { return is_open(window, at); })) {
      return format_timestamp(at);
    }
  }
  return "never";
}

}  // namespace

std::expected<void, std::string> check_time(const ChangeTimes& times, WallTime now) {
  for (const ChangeFreeze& freeze : times.freezes) {
    if (now < freeze.from || now >= freeze.to) continue;
    return std::unexpected(fmt::format("changes are frozen until {}; ask again then", format_timestamp(freeze.to)));
  }
  const auto open = [&](const ChangeWindow& window) { return is_open(window, now); };
  if (times.windows.empty() || std::ranges::any_of(times.windows, open)) return {};
  return std::unexpected(fmt::format("no change window is open at {}; the next opens at {}", format_timestamp(now),
                                     next_opening(times.windows, now)));
}

}  // namespace signet::admission
