#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "router/graphql/parser.hpp"
#include "router/schema/schema_builder.hpp"

namespace signet::schema {
namespace {

constexpr std::string_view kPrelude =
    "directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | "
    "ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION\n";

std::expected<Schema, std::vector<SchemaError>> build(std::string_view sdl, const BuildOptions& options = {}) {
  auto document = graphql::parse_type_system(std::string(kPrelude) + std::string(sdl));
  if (!document) return std::unexpected(std::vector{SchemaError{document.error().message, {}}});
  return build_schema(*document, options);
}

TEST(Accessibility, HidesMarkedElementsAndWhatLiesBelow) {
  auto schema = build(R"(
    type Query {a: Int b: Secret @inaccessible u: U c(x: Int, y: Int = 1 @inaccessible): Kind i(i: In): Int}
    type Secret @inaccessible {s(t: Int): Int}
    type Open {a: Int}
    union U = Open | Secret
    enum Kind {A B @inaccessible}
    input In {a: Int b: Int @inaccessible}
  )");
  ASSERT_TRUE(schema) << schema.error().front().message;
  EXPECT_FALSE(schema->find_type("Secret"));
  const TypeId secret = schema->find_any_type("Secret");
  ASSERT_TRUE(secret);
  EXPECT_FALSE(schema->find_field(secret, "s"));
  const FieldId s = schema->find_any_field(secret, "s");
  ASSERT_TRUE(s);
  EXPECT_FALSE(schema->find_argument(s, "t"));
  EXPECT_TRUE(schema->find_any_argument(s, "t"));
  EXPECT_FALSE(schema->find_field(schema->query_type, "b"));
  const FieldId c = schema->find_field(schema->query_type, "c");
  EXPECT_TRUE(schema->find_argument(c, "x"));
  EXPECT_FALSE(schema->find_argument(c, "y"));
  EXPECT_TRUE(schema->find_enum_value(schema->find_type("Kind"), "A"));
  EXPECT_FALSE(schema->find_enum_value(schema->find_type("Kind"), "B"));
  EXPECT_FALSE(schema->find_input_field(schema->find_type("In"), "b"));
  // The planner still sees hidden members.
  EXPECT_TRUE(schema->is_possible(schema->find_type("U"), secret));
}

TEST(Accessibility, HidesMachinery) {
  auto schema = build(R"(
    directive @join__field(graph: join__Graph) repeatable on FIELD_DEFINITION
    enum join__Graph {A}
    type Query {a: Int @join__field(graph: A)}
  )",
                      {.is_machinery = [](std::string_view name) { return name.starts_with("join__"); }});
  ASSERT_TRUE(schema) << schema.error().front().message;
  EXPECT_FALSE(schema->find_type("join__Graph"));
  EXPECT_TRUE(schema->find_any_type("join__Graph"));
  EXPECT_FALSE(schema->find_directive("join__field"));
}

TEST(Accessibility, HidesFederationInSupergraphs) {
  const char* root = std::getenv("SIGNET_SOURCE_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) + "/tests/fuzz/corpus/type_system/supergraph.graphql");
  const std::string sdl((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  auto document = graphql::parse_type_system(sdl);
  ASSERT_TRUE(document) << document.error().message;
  const auto is_machinery = [](std::string_view name) {
    return name == "link" || name.starts_with("link__") || name.starts_with("join__");
  };
  auto schema = build_schema(*document, {.is_machinery = is_machinery});
  ASSERT_TRUE(schema) << schema.error().front().message;
  EXPECT_TRUE(schema->find_field(schema->query_type, "loaf"));
  for (const Type& type : schema->types) EXPECT_EQ(type.accessible, !is_machinery(schema->text(type.name)));
  for (const DirectiveDef& directive : schema->directives) {
    EXPECT_EQ(directive.accessible, !is_machinery(schema->text(directive.name)));
  }
}

TEST(Accessibility, RefusesSchemasThatAreNoneForClients) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"type Query @inaccessible {a: Int}", "the query root type may not be inaccessible"},
      {"type Query {a: T} type T {b: Int @inaccessible}", "type \"T\" is accessible, but nothing in it is"},
      {"type Query {a: E} enum E {A @inaccessible}", "type \"E\" is accessible, but nothing in it is"},
      {"type Query {a: T} type T @inaccessible {b: Int}", "Query.a is accessible, but its type \"T\" is not"},
      {"type Query {a(i: I): Int} input I @inaccessible {b: Int}", "\"i\" is accessible, but its type \"I\" is not"},
      {"type Query {a(i: Int! @inaccessible): Int}", "\"i\" is required and so may not be inaccessible"},
      {"interface I {a: Int} type Query implements I {a: Int @inaccessible b: Int}",
       "Query.a is inaccessible, but I.a promises it to clients"},
  };
  for (const auto& [sdl, error] : cases) {
    auto schema = build(sdl);
    ASSERT_FALSE(schema) << sdl;
    EXPECT_EQ(schema.error().front().message, error) << sdl;
  }
}

TEST(Accessibility, UsesTheNameThatLinkGave) {
  auto schema = build("directive @hide on FIELD_DEFINITION type Query {a: Int b: Int @hide}",
                      {.is_machinery = {}, .inaccessible_directive = "hide"});
  ASSERT_TRUE(schema);
  EXPECT_FALSE(schema->find_field(schema->query_type, "b"));
}

}  // namespace
}  // namespace signet::schema
