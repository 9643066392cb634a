// The strict grammar of JSON scalars: how far a token reaches at the start of a text, or 0 when it is not one.
// Spec: RFC 8259 §6 and §7
#pragma once

#include <bit>
#include <cstddef>
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

/// string_length() of the string at `at` when it has at most 31 bytes of content, all of them plain; else 0, and
/// string_length() tells. The text ends at `end`.
inline size_t short_string_length([[maybe_unused]] const char* at, [[maybe_unused]] const char* end) {
#ifdef __SSE2__
  if (end - at < 33) return 0;
  uint32_t special = special_bytes(at + 1);
  if (special == 0) special = special_bytes(at + 17) << 16;
  if (special == 0) return 0;
  const auto content = static_cast<size_t>(std::countr_zero(special));
  return at[content + 1] == '"' ? content + 2 : 0;
#else
  return 0;
#endif
}

/// number_length() of the positive integer at `at`, which a NUL ends at the latest; 0 for all else, and number_length()
/// tells.
inline size_t short_integer_length(const char* at) {
  if (*at < '1' || *at > '9') return 0;
  const char* end = at + 1;
  while (*end >= '0' && *end <= '9') ++end;
  return *end == '.' || *end == 'e' || *end == 'E' ? 0 : static_cast<size_t>(end - at);
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
