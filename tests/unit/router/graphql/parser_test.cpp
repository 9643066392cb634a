#include "router/graphql/parser.hpp"

#include <gtest/gtest.h>

#include "router/graphql/printer.hpp"

namespace signet::graphql {
namespace {

ErrorCode code_of(std::string_view source, const ParseLimits& limits = {}) {
  auto document = parse_executable(source, limits);
  return document ? ErrorCode::INTERNAL_ERROR : document.error().code;
}

std::string repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

// Spec: https://spec.graphql.org/September2025/#sec-Document-Syntax
TEST(GraphqlParser, AcceptsExecutableDocuments) {
  for (const char* source : {
           "{a}",
           "query {a}",
           "query Q($a: Int = 1 @x, $b: [[String!]!]!) @d(if: true) {x: a(b: $a, c: [1, 2.5, \"s\", E, null, {k: "
           "$b}])}",
           "mutation M {a {b}} subscription S {c}",
           "fragment F on T @d {a ...G ... on U @e {b} ... {c} ... @skip(if: $v) {d}}",
           "{on: on fragment query mutation true false null}",
           "\"about it\" query Q(\"about a\" $a: Int) {a} \"\"\"about F\"\"\" fragment F on T {a}",
           "\xEF\xBB\xBF{a}",
           "{a(b: {} c: [])}",
           "fragment type on on {a}",
       }) {
    auto document = parse_executable(source);
    EXPECT_TRUE(document) << source << ": " << document.error().message;
  }
}

TEST(GraphqlParser, RefusesWrongSyntax) {
  for (const char* source : {"",
                             " ",
                             "{",
                             "}",
                             "{}",
                             "{a",
                             "{a}}",
                             "{a()}",
                             "{a(b)}",
                             "{a(b:)}",
                             "query",
                             "query Q",
                             "query Q() {a}",
                             "{a {}}",
                             "{...}",
                             "{... on}",
                             "{...on T}",
                             "fragment on on T {a}",
                             "fragment F {a}",
                             "fragment F on {a}",
                             "query ($a: Int = $b) {a}",
                             "query ($a) {a}",
                             "query (a: Int) {a}",
                             "query ($a: Int!!) {a}",
                             "{a @}",
                             "{a: }",
                             "{a(b: [1)}",
                             "{a(b: {c 1})}",
                             "{a(b: $)}",
                             "notanoperation Foo {field}",
                             "type T {a: Int}",
                             "\"d\" {a}",
                             "{a} extend schema @x",
                             "{a ... @ {b}}",
                             "{\xFF}",
                             "query ($a: Int @d(x: $b)) {a}",
                             "{a(b: \"x\ny\")}"}) {
    EXPECT_EQ(code_of(source), ErrorCode::GRAPHQL_PARSE_FAILED) << source;
  }
}

TEST(GraphqlParser, TellsWhereAndWhat) {
  auto document = parse_executable("query Q {\n  a(b: 1) }\r\n\r{");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().message, "syntax error: expected name, found end of document");
  EXPECT_EQ(document.error().position, (Position{4, 2}));
  auto literal = parse_executable("{a \"a secret\"}");
  ASSERT_FALSE(literal);
  EXPECT_EQ(literal.error().message, "syntax error: expected name, found string");
  EXPECT_EQ(literal.error().position, (Position{1, 4}));
}

TEST(GraphqlParser, KeepsOffsetsAndText) {
  auto document = parse_executable("query Q($v: Int) {a: b(c: $v, d: \"x\\ny\")}");
  ASSERT_TRUE(document);
  const Operation& operation = document->operations[OperationId(0)];
  const Selection& field = (*document)[operation.first_selection];
  EXPECT_EQ(field.alias, "a");
  EXPECT_EQ(field.name, "b");
  EXPECT_EQ(field.offset, 18u);
  const Argument* argument = document->find_argument(field.first_argument, "d");
  ASSERT_NE(argument, nullptr);
  EXPECT_EQ((*document)[argument->value].text, "x\ny");
  EXPECT_EQ(document->find_argument(field.first_argument, "e"), nullptr);
  const Document moved = std::move(*document);
  EXPECT_EQ(moved.operations[OperationId(0)].name, "Q");
}

TEST(GraphqlParser, CountsTokensFieldsAndNesting) {
  EXPECT_TRUE(parse_executable("{a b}", {.tokens_max = 4}));
  EXPECT_EQ(code_of("{a b}", {.tokens_max = 3}), ErrorCode::MAX_TOKENS_LIMIT);
  EXPECT_TRUE(parse_executable("{a {b}}", {.fields_max = 2}));
  EXPECT_EQ(code_of("{a {b}}", {.fields_max = 1}), ErrorCode::MAX_FIELDS_LIMIT);
  EXPECT_TRUE(parse_executable("{a {b}}", {.recursion_max = 2}));
  EXPECT_EQ(code_of("{a {b}}", {.recursion_max = 1}), ErrorCode::MAX_RECURSION_LIMIT);
}

// Attack G7: nothing that nests may reach the end of the stack, whatever limits the caller passes.
TEST(GraphqlParser, RefusesDeepNesting) {
  constexpr size_t kDepth = 1'000'000;
  for (const std::string& source :
       {repeat("{a", kDepth), "{a(b: " + repeat("[", kDepth), "{a(b: " + repeat("{c:", kDepth),
        "query ($a: " + repeat("[", kDepth), repeat("{...", kDepth)}) {
    EXPECT_EQ(code_of(source, {.tokens_max = UINT32_MAX, .recursion_max = UINT32_MAX, .fields_max = UINT32_MAX}),
              ErrorCode::MAX_RECURSION_LIMIT);
  }
}

// Attack G9: time grows linearly with ignored text and odd strings.
TEST(GraphqlParser, ReadsMegabytesOfNothing) {
  EXPECT_TRUE(parse_executable(repeat(",", 1 << 20) + "{a}"));
  EXPECT_TRUE(parse_executable(repeat("\xEF\xBB\xBF", 300'000) + "{a}"));
  EXPECT_TRUE(parse_executable(repeat("#\n", 1 << 19) + "{a}"));
  EXPECT_TRUE(parse_executable("{a(b: \"\"\"" + repeat("  \n", 500'000) + "\"\"\")}"));
  EXPECT_TRUE(parse_executable("{a(b: \"" + repeat("\\u{1F600}", 100'000) + "\")}"));
  EXPECT_FALSE(parse_executable("{a(b: \"" + repeat("x", 1 << 20)));
}

TEST(GraphqlParser, ReadsFieldSets) {
  auto set = parse_field_set("id organization { id name(arg: 1) ... on X { y } }");
  ASSERT_TRUE(set);
  EXPECT_EQ(print_selections(set->document, set->first_selection), "id organization {id name(arg: 1) ... on X {y}}");
  EXPECT_TRUE(parse_field_set("{ id }"));
  for (const char* source : {"", "id }", "{ id", "id { }", "{ id } x"}) EXPECT_FALSE(parse_field_set(source)) << source;
}

}  // namespace
}  // namespace signet::graphql
