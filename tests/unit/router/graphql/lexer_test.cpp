#include "router/graphql/lexer.hpp"

#include <gtest/gtest.h>

namespace signet::graphql {
namespace {

struct Lexed {
  TokenKind kind;
  std::string text;
};

Lexed lex_one(std::string_view source) {
  Arena arena;
  Lexer lexer(source, arena);
  const Token token = lexer.next();
  return {token.kind, std::string(token.text)};
}

// Spec: https://spec.graphql.org/September2025/#sec-String-Value
TEST(GraphqlLexer, CooksStrings) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("")", ""},
      {R"("plain")", "plain"},
      {R"("a\"b\\c\/d")", "a\"b\\c/d"},
      {R"("\b\f\n\r\t")", "\b\f\n\r\t"},
      {R"("\u00e9")", "é"},
      {R"("\u{1F600}")", "😀"},
      {R"("\u{000000041}")", "A"},
      {R"("\uD83D\uDE00")", "😀"},
      {R"("é")", "é"},
  };
  for (const auto& [source, text] : cases) {
    const Lexed token = lex_one(source);
    EXPECT_EQ(token.kind, TokenKind::string) << source;
    EXPECT_EQ(token.text, text) << source;
  }
}

TEST(GraphqlLexer, RefusesWrongStrings) {
  for (const char* source :
       {R"(")", R"("abc)", "\"a\nb\"", R"("\x")", R"("\u12")", R"("\u{}")", R"("\u{110000}")", R"("\u{D800}")",
        R"("\uD83D")", R"("\uD83Dx")", R"("\uDE00")", R"("\uD83D\u0041")", R"("\u{FFFFFFFFFF}")", R"("\)", R"("""a)"}) {
    EXPECT_EQ(lex_one(source).kind, TokenKind::invalid) << source;
  }
}

// Spec: https://spec.graphql.org/September2025/#BlockStringValue()
TEST(GraphqlLexer, DedentsBlockStrings) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("""""")", ""},
      {R"(""" one """)", " one "},
      {"\"\"\"\n    Hello,\n      World!\n\n    Yours,\n      GraphQL.\n  \"\"\"",
       "Hello,\n  World!\n\nYours,\n  GraphQL."},
      {"\"\"\"a\r\n  b\r  c\"\"\"", "a\nb\nc"},
      {R"("""say \""" now""")", "say \"\"\" now"},
      {R"("""no \n escapes""")", "no \\n escapes"},
      {"\"\"\"\n\n  \n\t\n\"\"\"", ""},
      {R"("""ends with "quote" """)", "ends with \"quote\" "},
  };
  for (const auto& [source, text] : cases) {
    const Lexed token = lex_one(source);
    EXPECT_EQ(token.kind, TokenKind::string) << source;
    EXPECT_EQ(token.text, text) << source;
  }
}

// Spec: https://spec.graphql.org/September2025/#sec-Int-Value and #sec-Float-Value
TEST(GraphqlLexer, ReadsNumbers) {
  const std::vector<std::pair<std::string, TokenKind>> cases = {
      {"0", TokenKind::integer},     {"-0", TokenKind::integer},       {"42", TokenKind::integer},
      {"-7", TokenKind::integer},    {"1.5", TokenKind::floating},     {"1e10", TokenKind::floating},
      {"1E-3", TokenKind::floating}, {"-1.5e+7", TokenKind::floating}, {"01", TokenKind::invalid},
      {"-", TokenKind::invalid},     {"1.", TokenKind::invalid},       {"1e", TokenKind::invalid},
      {"1.e1", TokenKind::invalid},  {"0xF", TokenKind::invalid},      {"1.2.3", TokenKind::invalid},
      {"1a", TokenKind::invalid},    {"1_000", TokenKind::invalid},    {"+1", TokenKind::invalid},
      {".5", TokenKind::invalid},    {"00", TokenKind::invalid},
  };
  for (const auto& [source, kind] : cases) EXPECT_EQ(lex_one(source).kind, kind) << source;
}

TEST(GraphqlLexer, SkipsIgnoredTokensAnywhere) {
  Arena arena;
  Lexer lexer("\xEF\xBB\xBF ,,\t# comment\r\n a \xEF\xBB\xBF# last", arena);
  const Token name = lexer.next();
  EXPECT_EQ(name.kind, TokenKind::name);
  EXPECT_EQ(name.text, "a");
  EXPECT_EQ(lexer.next().kind, TokenKind::end);
}

TEST(GraphqlLexer, RefusesOtherText) {
  for (const char* source : {"..", ".", "%", "é", ";", "'a'", "\x01", "\xEF\xBB"}) {
    EXPECT_EQ(lex_one(source).kind, TokenKind::invalid) << source;
  }
}

}  // namespace
}  // namespace signet::graphql
