#include <gtest/gtest.h>

#include "router/graphql/parser.hpp"
#include "router/graphql/printer.hpp"

namespace signet::graphql {
namespace {

// Spec: https://spec.graphql.org/September2025/#sec-Type-System
TEST(TypeSystemParser, AcceptsDefinitionsAndExtensions) {
  for (const char* source : {
           "schema @a {query: Q mutation: M subscription: S}",
           "\"about\" schema {query: Q}",
           "extend schema @a",
           "extend schema {mutation: M}",
           "scalar S @specifiedBy(url: \"u\")",
           "extend scalar S @x",
           "type T",
           "type T implements & A & B @d {\"f\" a(\"x\" b: Int = 1 @e, c: [S!]! = [\"x\"]): T! @deprecated}",
           "extend type T implements A",
           "interface I implements J {a: Int}",
           "union U = | A | B",
           "union U",
           "extend union U = C",
           "enum E {A \"b\" B @deprecated(reason: \"\"\"no\"\"\")}",
           "extend enum E {C}",
           "input I @oneOf {a: Int = 1 b: [I!]}",
           "extend input I {c: Int}",
           "directive @d(a: Int = 1, b: E) repeatable on | FIELD | OBJECT",
           "type type {type: input} input input {on: Int}",
       }) {
    auto document = parse_type_system(source);
    EXPECT_TRUE(document) << source << ": " << document.error().message;
  }
}

TEST(TypeSystemParser, RefusesWrongSyntax) {
  for (const char* source : {"",
                             "type",
                             "type T {}",
                             "type T {a}",
                             "type T {a:}",
                             "type T {a(): Int}",
                             "type T implements {a: Int}",
                             "type T implements A B {a: Int}",
                             "union U =",
                             "union U = |",
                             "enum E {}",
                             "enum E {true}",
                             "enum E {null}",
                             "input I {}",
                             "input I {a(b: Int): Int}",
                             "extend type T",
                             "extend scalar S",
                             "extend union U",
                             "extend schema",
                             "extend input I",
                             "extend enum E",
                             "extend interface I",
                             "schema {}",
                             "schema {query: A query: B}",
                             "schema {other: A}",
                             "schema",
                             "directive @d",
                             "directive @d on",
                             "directive @d on NOWHERE",
                             "directive d on FIELD",
                             "extend directive @d on FIELD",
                             "\"about\" extend type T {a: Int}",
                             "{a}",
                             "query Q {a}",
                             "input I {a: Int = $v}",
                             "type T @d(a: $v) {a: Int}",
                             "directive @d on \"FIELD\""}) {
    EXPECT_FALSE(parse_type_system(source)) << source;
  }
}

TEST(TypeSystemParser, KeepsTheParts) {
  auto document =
      parse_type_system("\"\"\"\n  About T\n\"\"\"\ntype T implements A & B {\"one\" f(x: Int = 7): [T!]!}");
  ASSERT_TRUE(document);
  const TypeDefinition& type = document->type_definitions[TypeDefinitionId(0)];
  EXPECT_EQ(type.description, "About T");
  EXPECT_EQ(type.name, "T");
  std::vector<std::string_view> interfaces;
  for (auto [id, interface] : document->each(type.first_interface)) interfaces.push_back(interface.name);
  EXPECT_EQ(interfaces, (std::vector<std::string_view>{"A", "B"}));
  const FieldDefinition& field = (*document)[type.first_field];
  EXPECT_EQ(field.description, "one");
  EXPECT_EQ(print_type(*document, field.type), "[T!]!");
  EXPECT_EQ(print_value(*document, (*document)[field.first_argument].default_value), "7");
}

}  // namespace
}  // namespace signet::graphql
