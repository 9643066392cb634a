#include "router/base/units.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>
#include <limits>

namespace signet {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kDurationForm = "write a duration like 250ms, 10s, 1m30s, 24h or 90d";
constexpr std::string_view kSizeForm = "write a size like 512B, 64KiB, 2MB or 16MiB";
constexpr std::string_view kTimestampForm = "write a time like 2026-11-25T10:00:00Z";
constexpr uint64_t kDurationMaxMs = 10'000ull * 24 * 3600 * 1000;  // 10,000 days

struct Unit {
  std::string_view name;
  uint64_t factor;
};

// Largest first: a duration names them in this order.
constexpr auto kDurationUnits =
    std::to_array<Unit>({{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}});
constexpr auto kSizeUnits = std::to_array<Unit>({{"B", 1},
                                                 {"kB", 1'000},
                                                 {"KB", 1'000},
                                                 {"MB", 1'000'000},
                                                 {"GB", 1'000'000'000},
                                                 {"KiB", 1ull << 10},
                                                 {"MiB", 1ull << 20},
                                                 {"GiB", 1ull << 30}});

// Takes digits off the front of `text`; false when there are none, a leading zero, or an overflow.
bool take_number(std::string_view& text, uint64_t& number) {
  const auto* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || at == text.data()) return false;
  if (*text.data() == '0' && at - text.data() > 1) return false;
  text.remove_prefix(static_cast<size_t>(at - text.data()));
  return true;
}

std::string_view take_letters(std::string_view& text) {
  size_t n = 0;
  while (n < text.size() && ((text[n] >= 'a' && text[n] <= 'z') || (text[n] >= 'A' && text[n] <= 'Z'))) ++n;
  std::string_view letters = text.substr(0, n);
  text.remove_prefix(n);
  return letters;
}

}  // namespace

UnitResult<milliseconds> parse_duration(std::string_view text) {
  auto bad = [] { return std::unexpected(std::string(kDurationForm)); };
  if (text.empty()) return bad();
  uint64_t total = 0;
  size_t next_unit = 0;
  while (!text.empty()) {
    uint64_t number = 0;
    if (!take_number(text, number)) return bad();
    const std::string_view name = take_letters(text);
    while (next_unit < kDurationUnits.size() && kDurationUnits[next_unit].name != name) ++next_unit;
    if (next_unit == kDurationUnits.size()) return bad();
    const uint64_t factor = kDurationUnits[next_unit++].factor;
    if (number > kDurationMaxMs / factor) return std::unexpected("the longest duration is 10000d");
    total += number * factor;
  }
  if (total > kDurationMaxMs) return std::unexpected("the longest duration is 10000d");
  return milliseconds(total);
}

UnitResult<uint64_t> parse_size(std::string_view text) {
  uint64_t number = 0;
  if (text.empty() || !take_number(text, number)) return std::unexpected(std::string(kSizeForm));
  const std::string_view name = take_letters(text);
  for (const Unit& unit : kSizeUnits) {
    if (unit.name != name || !text.empty()) continue;
    if (number > std::numeric_limits<uint64_t>::max() / 2 / unit.factor) {
      return std::unexpected("the size is too large");
    }
    return number * unit.factor;
  }
  return std::unexpected(std::string(kSizeForm));
}

std::string format_duration(milliseconds duration) {
  auto rest = static_cast<uint64_t>(duration.count());
  if (rest == 0) return "0s";
  std::string out;
  for (const Unit& unit : kDurationUnits) {
    if (rest >= unit.factor) {
      out += fmt::format("{}{}", rest / unit.factor, unit.name);
      rest %= unit.factor;
    }
  }
  return out;
}

UnitResult<WallTime> parse_timestamp(std::string_view text) {
  auto bad = [] { return std::unexpected(std::string(kTimestampForm)); };
  constexpr std::string_view kPattern = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != kPattern.size()) return bad();
  for (size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kPattern[i] == 'd' ? !digit : text[i] != kPattern[i]) return bad();
  }
  auto number = [&](size_t at, size_t length) {
    unsigned value = 0;
    std::from_chars(text.data() + at, text.data() + at + length, value);
    return value;
  };
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(number(0, 4))),
                                         std::chrono::month(number(5, 2)), std::chrono::day(number(8, 2))};
  const unsigned hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return bad();
  const auto day = std::chrono::sys_days(date);
  if (day < std::chrono::sys_days(std::chrono::year(1970) / 1 / 1) ||
      day > std::chrono::sys_days(std::chrono::year(2200) / 1 / 1)) {
    return bad();
  }
  return WallTime(day + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second));
}

std::string format_timestamp(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace signet
