// Durations, sizes, rates and time stamps as operators and statements write them.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "router/base/clock.hpp"

namespace signet {

/// Errors: the accepted form, ready to stand behind the offending value in a message.
template <class T>
using UnitResult = std::expected<T, std::string>;

/// `250ms`, `10s`, `5m`, `1m30s`, `24h`, `90d`: whole numbers with lower-case units, largest unit first, each once.
UnitResult<std::chrono::milliseconds> parse_duration(std::string_view text);
/// `16MiB`, `2MB`, `64KiB`, `10kB`, `512B`. Units: bytes.
UnitResult<uint64_t> parse_size(std::string_view text);

std::string format_duration(std::chrono::milliseconds duration);

/// RFC 3339 with `Z`, whole seconds: `2026-11-25T10:00:00Z`.
UnitResult<WallTime> parse_timestamp(std::string_view text);
std::string format_timestamp(WallTime time);

}  // namespace signet
