// The strict grammar of JSON scalars: how far a token reaches at the start of a text, or 0 when it is not one.
// Spec: RFC 8259 §6 and §7
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace signet::json {

/// Length of the number at the start of `text`.
size_t number_length(std::string_view text);

/// Whether the valid number `number` is finite as an IEEE 754 double.
bool is_finite_double(std::string_view number);

/// Length of the string, quotes included, that starts with the quote at the front of `text`. Control characters,
/// unknown escapes and lone surrogates are refused; UTF-8 is checked for the whole text elsewhere.
size_t string_length(std::string_view text, bool& escaped);

#ifdef __SSE2__
/// Of 16 bytes, those that a string cannot hold as they are or that end it, one bit for each.
inline unsigned special_bytes(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);  // unsigned: at most 0x1F
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash))));
}
#endif

/// string_length() of the string at `at` when all of its content is plain, so that nothing needs a closer look, and its
/// end is not among the last bytes before `end`, where the text ends; else 0, and string_length() tells.
inline size_t plain_string_length([[maybe_unused]] const char* at, [[maybe_unused]] const char* end) {
#ifdef __SSE2__
  for (const char* block = at + 1; end - block >= 16; block += 16) {
    const unsigned special = special_bytes(block);
    if (special == 0) continue;
    const char* const stop = block + std::countr_zero(special);
    return *stop == '"' ? static_cast<size_t>(stop + 1 - at) : 0;
  }
#endif
  return 0;
}

/// number_length() of the number at `at` when it has no exponent; else 0, and number_length() tells. What stands there
/// must end with something that is not part of a number.
inline size_t plain_number_length(const char* at, bool& integer) {
  const auto is_digit = [](char c) { return static_cast<uint8_t>(c - '0') <= 9; };
  const char* end = at + (*at == '-' ? 1 : 0);
  if (!is_digit(*end) || (*end == '0' && is_digit(end[1]))) return 0;
  do ++end;
  while (is_digit(*end));
  integer = *end != '.';
  if (!integer) {
    ++end;
    if (!is_digit(*end)) return 0;
    do ++end;
    while (is_digit(*end));
  }
  return *end == 'e' || *end == 'E' ? 0 : static_cast<size_t>(end - at);
}

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
