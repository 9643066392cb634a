// Tokens: what methods, field names and parameter names may be; their case, and the white space around them.
// Spec: RFC 9110 §5.6.2 and §5.6.3
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace signet::http {

namespace detail {

constexpr std::array<bool, 256> token_characters() {
  std::array<bool, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = true;
  for (char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}

inline constexpr std::array<bool, 256> kTokenCharacters = token_characters();

}  // namespace detail

constexpr bool is_token_char(char c) {
  return detail::kTokenCharacters[static_cast<unsigned char>(c)];
}

constexpr bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_char);
}

constexpr char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

/// Of ASCII; field names and the names of media types compare without case.
inline std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower_case(c);
  return out;
}

/// Without the optional white space in front and behind.
constexpr std::string_view trim_space(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

}  // namespace signet::http
