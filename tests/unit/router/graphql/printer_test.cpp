#include "router/graphql/printer.hpp"

#include <gtest/gtest.h>

#include "router/graphql/parser.hpp"

namespace signet::graphql {
namespace {

TEST(GraphqlPrinter, PrintsDocumentsThatParseToThemselves) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{a}", "query {a}\n"},
      {"query Q($a:[Int!]!=[1,2]@x){b:a(c:{d:$a})@skip(if:true){e}}",
       "query Q($a: [Int!]! = [1, 2] @x) {b: a(c: {d: $a}) @skip(if: true) {e}}\n"},
      {"fragment F on T@a{...G@b...on U{c}...{d}...@e{f}}subscription{x}",
       "subscription {x}\nfragment F on T @a {...G @b ... on U {c} ... {d} ... @e {f}}\n"},
      {"{a(b: \"\"\"\n  x\n    \"y\"\n\"\"\")}", "query {a(b: \"x\\n  \\\"y\\\"\")}\n"},
  };
  for (const auto& [source, printed] : cases) {
    auto document = parse_executable(source);
    ASSERT_TRUE(document) << source;
    std::string text = print_executable(*document);
    auto again = parse_executable(text);
    ASSERT_TRUE(again) << text;
    EXPECT_EQ(print_executable(*again), text);
    EXPECT_EQ(text, printed);
  }
}

TEST(GraphqlPrinter, EscapesWhateverCouldEndAString) {
  using std::literals::operator""sv;
  constexpr std::string_view kText = "\"\\\n\r\t\b\f\x01\x7f é \0 end"sv;
  std::string out;
  append_string_literal(out, kText);
  auto document = parse_executable("{a(b: " + out + ")}");
  ASSERT_TRUE(document) << out;
  for (const Value& value : document->values) {
    EXPECT_EQ(value.text, kText);
  }
}

}  // namespace
}  // namespace signet::graphql
