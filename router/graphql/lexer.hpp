// Source text to tokens, one at a time. Ignored tokens (space, commas, comments, byte-order marks) never come out.
// Spec: https://spec.graphql.org/September2025/#sec-Language.Source-Text
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "router/base/arena.hpp"

namespace signet::graphql {

enum class TokenKind : uint8_t {
  end,
  name,
  integer,
  floating,
  string,
  spread,
  bang,
  dollar,
  ampersand,
  open_paren,
  close_paren,
  colon,
  equals,
  at,
  open_bracket,
  close_bracket,
  open_brace,
  pipe,
  close_brace,
  invalid,
};

struct Token {
  TokenKind kind = TokenKind::end;
  uint32_t offset = 0;
  std::string_view text;  ///< string: the cooked value; anything else: its source text
};

/// True for `_` and ASCII letters; with digits for is_name_continue().
bool is_name_start(char c);
bool is_name_continue(char c);

/// Lifetime: borrows the source and the arena that takes cooked strings; both must be in UTF-8 and outlive the tokens.
class Lexer {
 public:
  Lexer(std::string_view source, Arena& cooked) : source_(source), cooked_(&cooked) {}

  /// The next token; kind `invalid` when the text is not a token, with the reason in problem().
  Token next();
  std::string_view problem() const { return problem_; }

 private:
  void skip_ignored();
  bool at(size_t position, char c) const { return position < source_.size() && source_[position] == c; }
  bool digit_at(size_t position) const;
  Token punctuator(TokenKind kind, size_t length);
  Token name();
  Token number();
  Token string();
  Token block_string();
  Token invalid(size_t position, const char* problem);
  bool read_escape(size_t& position, std::string& out);

  std::string_view source_;
  Arena* cooked_;
  size_t position_ = 0;
  const char* problem_ = "";
};

/// The value of a block string from the text between its quotes: common indentation and blank first and last lines are
/// removed, `\"""` becomes `"""`. Cost: linear. Spec: https://spec.graphql.org/September2025/#BlockStringValue()
std::string block_string_value(std::string_view raw);

}  // namespace signet::graphql
