#include "router/schema/schema_builder.hpp"

#include <gtest/gtest.h>

#include "router/graphql/parser.hpp"

namespace signet::schema {
namespace {

std::expected<Schema, std::vector<SchemaError>> build(std::string_view sdl, const BuildOptions& options = {}) {
  auto document = graphql::parse_type_system(sdl);
  if (!document) {
    return std::unexpected(std::vector{SchemaError{document.error().message, document.error().position}});
  }
  return build_schema(*document, options);
}

std::string first_error(std::string_view sdl) {
  auto schema = build(sdl);
  return schema ? "valid" : schema.error().front().message;
}

TEST(SchemaBuilder, BuildsEveryKindOfType) {
  auto schema = build(R"(
    "about" schema {query: Root}
    interface Node {id: ID!}
    type Root {node(id: ID!, deep: [[Int!]]! = [[1]]): Node search(where: Where = {limit: 3}): [Found!] kind: Kind}
    type A implements Node {id: ID! old: Int @deprecated(reason: "use new") gone: Int @deprecated}
    type B implements Node {id: ID!}
    union Found = B | A
    enum Kind {X Y @deprecated}
    input Where {limit: Int = 5 kinds: [Kind!]}
    input One @oneOf {a: Int b: String}
    scalar Date @specifiedBy(url: "https://example.com/date")
    extend type A {more(one: One): Date}
    extend enum Kind {Z}
    extend union Found @skip_me
    directive @skip_me on UNION
  )");
  ASSERT_TRUE(schema) << schema.error().front().message;
  EXPECT_EQ(schema->description, "about");
  EXPECT_EQ(schema->type_name(schema->query_type), "Root");
  EXPECT_FALSE(schema->mutation_type);
  const TypeId a = schema->find_type("A");
  const TypeId b = schema->find_type("B");
  EXPECT_EQ(schema->types[schema->find_type("Node")].possible_types, (std::vector{a, b}));
  EXPECT_EQ(schema->types[schema->find_type("Found")].possible_types, (std::vector{a, b}));
  EXPECT_TRUE(schema->is_possible(schema->find_type("Found"), b));
  EXPECT_FALSE(schema->is_possible(a, b));
  EXPECT_EQ(schema->types[a].fields.size(), 4u);
  const FieldId old = schema->find_field(a, "old");
  EXPECT_EQ(schema->fields[old].deprecation_reason, "use new");
  EXPECT_EQ(schema->fields[schema->find_field(a, "gone")].deprecation_reason, "No longer supported");
  const FieldId node = schema->find_field(schema->query_type, "node");
  const InputValueId deep = schema->find_argument(node, "deep");
  const TypeRef type = schema->input_values[deep].type;
  EXPECT_EQ(schema->print(type), "[[Int!]]!");
  EXPECT_EQ(schema->print(type.item()), "[Int!]");
  EXPECT_EQ(schema->print(type.item().item()), "Int!");
  EXPECT_EQ(schema->print(type.nullable()), "[[Int!]]");
  EXPECT_TRUE(schema->input_values[deep].has_default);
  EXPECT_TRUE(schema->input_values[schema->find_argument(node, "id")].required());
  EXPECT_TRUE(schema->types[schema->find_type("One")].one_of);
  EXPECT_EQ(schema->types[schema->find_type("Kind")].enum_values.size(), 3u);
  EXPECT_EQ(schema->types[schema->find_type("Date")].specified_by_url, "https://example.com/date");
  EXPECT_EQ(schema->types[schema->find_type("Int")].builtin, BuiltinScalar::int_);
}

// Spec: https://spec.graphql.org/September2025/#sec-Schema-Introspection
TEST(SchemaBuilder, AddsBuiltinsToEverySchema) {
  auto schema = build("type Query {a: Int}");
  ASSERT_TRUE(schema) << schema.error().front().message;
  for (const char* name : {"Int", "Float", "String", "Boolean", "ID", "__Schema", "__Type", "__Directive"}) {
    EXPECT_TRUE(schema->find_type(name)) << name;
  }
  for (const char* name : {"skip", "include", "deprecated", "specifiedBy", "oneOf"}) {
    EXPECT_TRUE(schema->find_directive(name)) << name;
  }
  EXPECT_FALSE(schema->find_field(schema->query_type, "__schema"));
  EXPECT_EQ(schema->print(schema->fields[schema->schema_meta_field].type), "__Schema!");
  EXPECT_TRUE(schema->find_argument(schema->type_meta_field, "name"));
  EXPECT_TRUE(build("scalar Int directive @skip(if: Boolean!) on FIELD type Query {a: Int}"));
}

TEST(SchemaBuilder, KeepsIdsOfTheDocumentItWasGiven) {
  auto document = graphql::parse_type_system("type Query {a(b: Int = 7): Int}");
  ASSERT_TRUE(document);
  auto schema = build_schema(*document);
  ASSERT_TRUE(schema);
  const FieldId a = schema->find_field(schema->query_type, "a");
  const graphql::ValueId value = schema->input_values[schema->find_argument(a, "b")].default_value;
  EXPECT_EQ((*document)[value].text, "7");
  EXPECT_EQ(schema->source()[value].text, "7");
}

struct Case {
  const char* sdl;
  const char* error;
};

// Spec: https://spec.graphql.org/September2025/#sec-Type-System, the "Type Validation" of each kind.
TEST(SchemaBuilder, RefusesBrokenTypeSystems) {
  const Case cases[] = {
      {"type A {a: Int}", "the schema has no query root type"},
      {"schema {query: Missing}", "unknown type \"Missing\""},
      {"schema {query: Q} input Q {a: Int}", "root type \"Q\" must be an object type"},
      {"schema {query: Q mutation: Q} type Q {a: Int}", "root types must differ, \"Q\" is used twice"},
      {"type Query {a: Int} schema {query: Query} schema {query: Query}", "there can be only one schema definition"},
      {"type Query {a: Int} type Query {b: Int}", "there can be only one type named \"Query\""},
      {"type Query {a: Missing}", "unknown type \"Missing\""},
      {"type Query {a: Int a: Int}", "there can be only one field named \"a\" here"},
      {"type Query {a(b: Int, b: Int): Int}", "there can be only one argument named \"b\" here"},
      {"type Query {__a: Int}", "\"__a\" is not allowed: names that begin with \"__\" are reserved"},
      {"type Query {a(__b: Int): Int}", "\"__b\" is not allowed: names that begin with \"__\" are reserved"},
      {"type Query {a: Int} type __T {a: Int}", "\"__T\" is not allowed: names that begin with \"__\" are reserved"},
      {"type Query {a: I} input I {a: Int}", "\"I\" is not an output type"},
      {"type Query {a(b: Query): Int}", "\"Query\" is not an input type"},
      {"type Query", "type \"Query\" must have one or more fields"},
      {"type Query {a: Int} union U", "type \"U\" must have one or more member types"},
      {"type Query {a: Int} enum E", "type \"E\" must have one or more values"},
      {"type Query {a: Int} input I", "type \"I\" must have one or more input fields"},
      {"type Query {a: Int} union U = Int", "a union can include object types only, not \"Int\""},
      {"type Query {a: Int} union U = Query | Query", "a union can include \"Query\" only once"},
      {"type Query {a: Int} enum E {A A}", "there can be only one enum value named \"A\" here"},
      {"type Query {a: Int} extend type T {a: Int}", "cannot extend type \"T\", which is not defined"},
      {"type Query {a: Int} extend input Query {a: Int}", "cannot extend object \"Query\" as input object"},
      {"type Query {a: Int} extend type Query {a: Int}", "there can be only one field named \"a\" here"},
      {"type Query implements Int {a: Int}", "type \"Query\" can implement interfaces only, not \"Int\""},
      {"interface I implements I {a: Int} type Query {a: Int}", "type \"I\" cannot implement itself"},
      {"interface I {a: Int} type Query implements I & I {a: Int}", "type \"Query\" can implement \"I\" only once"},
      {"interface I {a: Int} type Query implements I {b: Int}", "type \"Query\" lacks the field I.a"},
      {"interface I {a: Int!} type Query implements I {a: Int}",
       "Query.a is of type \"Int\", but I.a promises \"Int!\""},
      {"interface I {a(b: Int): Int} type Query implements I {a: Int}", "Query.a lacks the argument \"b\" of I.a"},
      {"interface I {a(b: Int): Int} type Query implements I {a(b: Int!): Int}",
       "argument \"b\" of Query.a must be of type \"Int\" as in I.a"},
      {"interface I {a: Int} type Query implements I {a(b: Int!): Int}",
       "Query.a has the required argument \"b\", which I.a lacks"},
      {"interface I {a: Int} interface J implements I {a: Int} type Query implements J {a: Int}",
       "type \"Query\" must implement \"I\", because \"J\" does"},
      {"interface I implements J {a: Int} interface J implements I {a: Int} type Query {a: Int}",
       "type \"I\" cannot implement \"J\": that makes a cycle"},
      {"type Query {a: Int} input I {i: I!}", "input object \"I\" needs itself through the non-null field \"i\""},
      {"type Query {a: Int} input I {j: J!} input J {i: I!}",
       "input object \"I\" needs itself through the non-null field \"i\""},
      {"type Query {a: Int} input I {i: I = {}}", "the default of input field \"i\" contains itself"},
      {"type Query {a: Int} input I {j: [J] = {a: 1}} input J {a: Int i: I = {}}",
       "the default of input field \"i\" contains itself"},
      {"type Query {a: Int} input I @oneOf {a: Int!}",
       "field \"a\" of a @oneOf input object must be nullable and without default"},
      {"type Query {a(b: Int! @deprecated): Int}", "required argument \"b\" cannot be deprecated"},
      {"type Query {a: Int @nope}", "unknown directive \"@nope\""},
      {"type Query {a: Int @skip(if: true)}", "directive \"@skip\" may not be used on FIELD_DEFINITION"},
      {"type Query {a: Int @deprecated @deprecated}", "directive \"@deprecated\" can be used only once here"},
      {"type Query {a: Int @deprecated(why: 1)}", "unknown argument \"why\" on directive \"@deprecated\""},
      {"type Query {a: Int} scalar S @specifiedBy", "directive \"@specifiedBy\" needs the argument \"url\""},
      {"directive @d on FIELD directive @d on FIELD type Query {a: Int}",
       "there can be only one directive named \"d\" here"},
      {"type Query {a: [[[[[[[[[[[[[[[[Int]]]]]]]]]]]]]]]]}", "more than 15 nested lists are not supported"},
  };
  for (const Case& test : cases) EXPECT_EQ(first_error(test.sdl), test.error) << test.sdl;
}

TEST(SchemaBuilder, AcceptsCovariantFieldsAndHarmlessCycles) {
  for (const char* sdl :
       {"interface I {a: I b: [I] c: U} union U = T type T implements I {a: T! b: [T!]! c: T} type Query {a: T}",
        "input I {i: I j: [I!]!} type Query {a(i: I): Int}",
        "input I {i: I = {i: null} j: [I] = []} type Query {a(i: I = {}): Int}",
        "interface I {a: Int} interface J implements I {a: Int!} type Query implements I & J {a: Int!}"}) {
    EXPECT_EQ(first_error(sdl), "valid") << sdl;
  }
}

TEST(SchemaBuilder, ReportsAllErrorsInSourceOrder) {
  auto schema = build("type Query {\n  a: B\n  c: D\n}\nenum E");
  ASSERT_FALSE(schema);
  ASSERT_EQ(schema.error().size(), 3u);
  EXPECT_EQ(schema.error()[0].position, (graphql::Position{2, 6}));
  EXPECT_EQ(schema.error()[1].message, "unknown type \"D\"");
  EXPECT_EQ(schema.error()[2].position, (graphql::Position{5, 6}));
}

}  // namespace
}  // namespace signet::schema
