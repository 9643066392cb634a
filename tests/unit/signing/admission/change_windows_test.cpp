// Times are UTC; 2026-11-23 is a Monday.
#include "signing/admission/change_windows.hpp"

#include <gtest/gtest.h>

#include "router/base/units.hpp"

namespace signet::admission {
namespace {

using std::chrono::hours;

constexpr unsigned kMonday = 1, kFriday = 5, kSaturday = 6;

ChangeWindow window(std::initializer_list<unsigned> days, int from, int to) {
  ChangeWindow out{.days = {}, .from = hours(from), .to = hours(to)};
  for (const unsigned day : days) out.days.set(day);
  return out;
}

std::string at(const ChangeTimes& times, std::string_view when) {
  const auto good = check_time(times, parse_timestamp(when).value());
  return good ? "open" : good.error();
}

TEST(ChangeWindows, NoneAreAlwaysOpen) {
  EXPECT_EQ(at({}, "2026-11-22T03:00:00Z"), "open");
}

TEST(ChangeWindows, HoursOfDays) {
  const ChangeTimes times{.windows = {window({kMonday}, 9, 17), window({kFriday}, 0, 24)}, .freezes = {}};
  EXPECT_EQ(at(times, "2026-11-23T08:59:59Z"),
            "no change window is open at 2026-11-23T08:59:59Z; the next opens at 2026-11-23T09:00:00Z");
  EXPECT_EQ(at(times, "2026-11-23T09:00:00Z"), "open");
  EXPECT_EQ(at(times, "2026-11-23T16:59:59Z"), "open");
  EXPECT_NE(at(times, "2026-11-23T17:00:00Z"), "open");
  EXPECT_EQ(at(times, "2026-11-27T00:00:00Z"), "open");
  EXPECT_EQ(at(times, "2026-11-27T23:59:59Z"), "open");
  EXPECT_EQ(at(times, "2026-11-28T00:00:00Z"),
            "no change window is open at 2026-11-28T00:00:00Z; the next opens at 2026-11-30T09:00:00Z");
}

TEST(ChangeWindows, OverMidnight) {
  const ChangeTimes times{.windows = {window({kSaturday}, 22, 4)}, .freezes = {}};
  EXPECT_NE(at(times, "2026-11-28T03:00:00Z"), "open");  // the night after Friday
  EXPECT_NE(at(times, "2026-11-28T21:59:59Z"), "open");
  EXPECT_EQ(at(times, "2026-11-28T22:00:00Z"), "open");
  EXPECT_EQ(at(times, "2026-11-29T03:59:59Z"), "open");  // Sunday, of Saturday's window
  EXPECT_NE(at(times, "2026-11-29T04:00:00Z"), "open");
  EXPECT_NE(at(times, "2026-11-29T22:00:00Z"), "open");
}

TEST(ChangeWindows, AFreezeOutranksThem) {
  const ChangeTimes times{
      .windows = {window({kMonday}, 0, 24)},
      .freezes = {{parse_timestamp("2026-11-23T10:00:00Z").value(), parse_timestamp("2026-11-23T12:00:00Z").value()}}};
  EXPECT_EQ(at(times, "2026-11-23T09:59:59Z"), "open");
  EXPECT_EQ(at(times, "2026-11-23T10:00:00Z"), "changes are frozen until 2026-11-23T12:00:00Z; ask again then");
  EXPECT_EQ(at(times, "2026-11-23T12:00:00Z"), "open");
}

}  // namespace
}  // namespace signet::admission
