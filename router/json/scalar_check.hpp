// The strict grammar of JSON scalars: how far a token reaches at the start of a text, or 0 when it is not one.
// Spec: RFC 8259 §6 and §7
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace signet::json {

/// Length of the number at the start of `text`.
size_t number_length(std::string_view text);

/// Whether the valid number `number` is finite as an IEEE 754 double.
bool is_finite_double(std::string_view number);

/// Length of the string, quotes included, that starts with the quote at the front of `text`. Control characters,
/// unknown escapes and lone surrogates are refused; UTF-8 is checked for the whole text elsewhere.
size_t string_length(std::string_view text, bool& escaped);

/// Length of the escape that starts with the backslash at the front of `text`: 2, 6, or 12 for a surrogate pair.
size_t escape_length(std::string_view text);

/// The value of a valid string's content, that is without its quotes.
std::string unescape(std::string_view content);

/// Whether the valid string token `token`, quotes included, has the value `text`. An empty view is no token.
bool string_equals(std::string_view token, std::string_view text);

/// The value of four hexadecimal digits, or -1.
int hex4(std::string_view text);

inline bool is_high_surrogate(int unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
inline bool is_low_surrogate(int unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

}  // namespace signet::json
