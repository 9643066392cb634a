#include "router/base/units.hpp"

#include <gtest/gtest.h>

namespace signet {
namespace {

using namespace std::chrono_literals;

TEST(Units, Durations) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("1m30s"), 90s);
  EXPECT_EQ(parse_duration("24h"), 24h);
  EXPECT_EQ(parse_duration("90d"), 90 * 24h);
  EXPECT_EQ(parse_duration("0s"), 0s);
  // The rows of field report 28 that must never become a number.
  for (std::string_view bad :
       {"30", "1:30", "30S", "-5s", "1.5h", "99999999999d", "", "s", "1s1m", "1s1s", "01s", "1 s"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
}

TEST(Units, Sizes) {
  EXPECT_EQ(parse_size("2MB"), 2'000'000u);
  EXPECT_EQ(parse_size("2MiB"), 2'097'152u);
  EXPECT_EQ(parse_size("64KiB"), 65'536u);
  for (std::string_view bad : {"2", "2mb", "MB", "-1B", "1.5MB", "99999999999999GiB", "2MB "}) {
    EXPECT_FALSE(parse_size(bad)) << bad;
  }
}

TEST(Units, DurationsPrintAsTheyParse) {
  for (std::string_view text : {"250ms", "10s", "1m30s", "1d", "2h5ms"}) {
    EXPECT_EQ(format_duration(*parse_duration(text)), text);
  }
}

TEST(Units, Timestamps) {
  const auto time = parse_timestamp("2026-11-25T10:00:00Z");
  ASSERT_TRUE(time);
  EXPECT_EQ(time->time_since_epoch() / 1s, 1'795'600'800);  // date -u -d 2026-11-25T10:00:00Z +%s
  EXPECT_EQ(format_timestamp(*time), "2026-11-25T10:00:00Z");
  for (std::string_view bad : {"2026-11-25", "2026-11-25T10:00:00", "2026-11-25T10:00:00+01:00", "2026-02-30T00:00:00Z",
                               "2026-11-25T24:00:00Z", "2026-11-25t10:00:00z", "9999-01-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_timestamp(bad)) << bad;
  }
}

}  // namespace
}  // namespace signet
