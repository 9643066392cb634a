// JSON numbers as integers by value: `1.0` and `1e3` are integers too. Internal to router/operation.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace signet::operation {

/// The canonical decimal text of a JSON number whose value is an integer of at most `digits_max` digits.
std::optional<std::string> canonical_integer(std::string_view number, size_t digits_max);

/// True when `canonical` (from canonical_integer) lies within 32 bits, signed.
bool fits_int32(std::string_view canonical);

}  // namespace signet::operation
