#include "router/json/scalar_check.hpp"

#include <cstddef>
#include <cstdint>

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

size_t string_length(std::string_view text, bool& escaped) {
  escaped = false;
  size_t at = 1;
  while (at < text.size()) {
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

}  // namespace signet::json
