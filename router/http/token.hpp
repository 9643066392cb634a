// Tokens: what methods, field names and parameter names may be. Spec: RFC 9110 §5.6.2
#pragma once

#include <algorithm>
#include <array>
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

}  // namespace signet::http
