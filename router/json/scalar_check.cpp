#include "router/json/scalar_check.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "router/base/utf8.hpp"

namespace signet::json {

size_t number_length(std::string_view text) {
  size_t at = 0;
  auto peek = [&](char c) { return at < text.size() && text[at] == c; };
  auto digits = [&] {
    const size_t from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at > from;
  };
  if (peek('-')) ++at;
  if (peek('0')) {
    ++at;
  } else if (!digits()) {
    return 0;
  }
  if (peek('.')) {
    ++at;
    if (!digits()) return 0;
  }
  if (peek('e') || peek('E')) {
    ++at;
    if (peek('+') || peek('-')) ++at;
    if (!digits()) return 0;
  }
  return at;
}

bool is_finite_double(std::string_view number) {
  constexpr int64_t kExponentMax = 1'000'000'000'000;  // beyond any document's digits
  constexpr size_t kPlainFiniteBytes = 300;            // without an exponent that is below 1e300
  const auto is_exponent_mark = [](char c) { return c == 'e' || c == 'E'; };
  if (number.size() <= kPlainFiniteBytes && std::ranges::none_of(number, is_exponent_mark)) return true;
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error == std::errc()) return std::isfinite(value);
  if (error != std::errc::result_out_of_range) return false;
  // Too small counts as zero; too large does not fit. The sign of the scientific exponent tells which it was.
  size_t e = number.find_first_of("eE");
  const size_t lead = number.find_first_of("123456789");
  if (lead == std::string_view::npos) return true;
  const size_t mantissa_end = std::min(e, number.size());
  const size_t point = std::min(number.find('.'), mantissa_end);
  int64_t magnitude = lead < point ? static_cast<int64_t>(point - lead) : -static_cast<int64_t>(lead - point);
  if (e != std::string_view::npos) {
    ++e;
    const bool minus = number[e] == '-';
    if (minus || number[e] == '+') ++e;
    int64_t exponent = 0;
    if (std::from_chars(number.data() + e, number.data() + number.size(), exponent).ec != std::errc() ||
        exponent > kExponentMax) {
      exponent = kExponentMax;
    }
    magnitude += minus ? -exponent : exponent;
  }
  return magnitude < 0;
}

int hex4(std::string_view text) {
  if (text.size() < 4) return -1;
  int value = 0;
  for (char c : text.substr(0, 4)) {
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      value = value << 4 | (c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value << 4 | (lower - 'a' + 10);
    } else {
      return -1;
    }
  }
  return value;
}

size_t escape_length(std::string_view text) {
  if (text.size() < 2) return 0;
  if (text[1] != 'u') return std::string_view("\"\\/bfnrt").find(text[1]) == std::string_view::npos ? 0 : 2;
  const int unit = hex4(text.substr(2));
  if (unit < 0 || is_low_surrogate(unit)) return 0;
  if (!is_high_surrogate(unit)) return 6;
  if (text.substr(6, 2) != "\\u" || !is_low_surrogate(hex4(text.substr(8)))) return 0;
  return 12;
}

namespace {

/// Bytes from `text[at]` on that a string may hold as they are, as far as whole blocks of 16 tell.
size_t plain_blocks(std::string_view text, size_t at) {
#ifdef __SSE2__
  const size_t start = at;
  for (; at + 16 <= text.size(); at += 16) {
    const unsigned special = special_bytes(text.data() + at);
    if (special != 0) return at - start + static_cast<size_t>(std::countr_zero(special));
  }
  return at - start;
#else
  (void)text, (void)at;
  return 0;
#endif
}

}  // namespace

size_t string_length(std::string_view text, bool& escaped) {
  escaped = false;
  size_t at = 1;
  while (at < text.size()) {
    at += plain_blocks(text, at);
    if (at >= text.size()) return 0;
    const auto c = static_cast<uint8_t>(text[at]);
    if (c == '"') return at + 1;
    if (c < 0x20) return 0;
    if (c == '\\') {
      const size_t length = escape_length(text.substr(at));
      if (length == 0) return 0;
      escaped = true;
      at += length;
    } else {
      ++at;
    }
  }
  return 0;
}

std::string unescape(std::string_view content) {
  std::string out;
  out.reserve(content.size());
  size_t at = 0;
  while (true) {
    const size_t escape = std::min(content.find('\\', at), content.size());
    out.append(content, at, escape - at);
    if (escape == content.size()) return out;
    at = escape;
    const size_t length = escape_length(content.substr(at));
    if (length == 2) {
      constexpr std::string_view kLetters = "\"\\/bfnrt";
      constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
      out.push_back(kMeanings[kLetters.find(content[at + 1])]);
    } else {
      auto unit = static_cast<uint32_t>(hex4(content.substr(at + 2)));
      if (length == 12) {
        const auto low = static_cast<uint32_t>(hex4(content.substr(at + 8)));
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
      }
      append_utf8(out, unit);
    }
    at += length;
  }
}

bool string_equals(std::string_view token, std::string_view text) {
  if (token.size() < 2) return false;
  const std::string_view content = token.substr(1, token.size() - 2);
  if (content.size() == text.size() && content == text) return true;
  // Every escape is longer than what it stands for.
  return content.size() > text.size() && content.find('\\') != std::string_view::npos && unescape(content) == text;
}

}  // namespace signet::json
