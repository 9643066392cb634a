#include "router/cosmo/supergraph_sdl.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "router/graphql/parser.hpp"
#include "tests/support/small_config.hpp"

namespace signet::cosmo {
namespace {

using testing::kSmallConfig;
using testing::small_config_with;

/// The supergraph's text, blanks and line ends as single blanks; a failed conversion fails the test.
std::string converted(std::string_view config) {
  const auto sdl = supergraph_of_execution_config(config);
  if (!sdl) {
    for (const ConfigError& error : sdl.error()) ADD_FAILURE() << error.path << ": " << error.message;
    return {};
  }
  EXPECT_TRUE(graphql::parse_type_system(*sdl)) << *sdl;
  std::string line;
  for (const char c : *sdl) {
    const bool blank = c == '\n' || c == ' ';
    if (!blank) line += c;
    if (blank && !line.ends_with(' ')) line += ' ';
  }
  return line;
}

void expect_contains(const std::string& text, std::string_view piece) {
  EXPECT_NE(text.find(piece), std::string::npos) << piece << "\nis not in\n" << text;
}

TEST(SupergraphOfExecutionConfig, FactsBecomeLinesOfJoin) {
  const std::string sdl = converted(kSmallConfig);
  expect_contains(sdl, R"(enum join__Graph { G0 @join__graph(name: "users", url: "http://users.test/graphql") )"
                       R"(G1 @join__graph(name: "books", url: "https://books.test/graphql") })");
  expect_contains(sdl, R"(type User @join__type(graph: G0, key: "id") @join__type(graph: G1) {)");
  expect_contains(
      sdl, R"(type Book @join__type(graph: G0, key: "isbn", resolvable: false) @join__type(graph: G1, key: "isbn") {)");
  expect_contains(sdl, R"(wrote: [Book!] @join__field(graph: G0, provides: "title"))");
  expect_contains(sdl, R"(label: String @join__field(graph: G1, requires: "title") @deprecated(reason: "long"))");
  expect_contains(sdl, R"("A book" type Book)");
}

TEST(SupergraphOfExecutionConfig, ExternalAndMovedFieldsAreDeclaredAndNotResolved) {
  const std::string sdl = converted(kSmallConfig);
  expect_contains(sdl,
                  R"(title: String @join__field(graph: G0, external: true) @join__field(graph: G1, type: "String!"))");
  // The second subgraph still declares it, and composition left it out of its nodes.
  expect_contains(sdl, R"(me: User @join__field(graph: G0) @join__field(graph: G1, usedOverridden: true))");
}

TEST(SupergraphOfExecutionConfig, RootTypesOfOtherNamesAreTheRoots) {
  expect_contains(converted(kSmallConfig), "books(first: Int = 3 @inaccessible): [Book!]! @join__field(graph: G1)");
}

TEST(SupergraphOfExecutionConfig, WhatClientsDoNotHaveIsHidden) {
  const std::string sdl = converted(kSmallConfig);
  expect_contains(sdl,
                  "name: String @join__field(graph: G0) @join__field(graph: G1, usedOverridden: true) @inaccessible");
  expect_contains(sdl, "enum Mood { GOOD BAD @inaccessible }");
  expect_contains(converted(small_config_with(R"(enum Mood { GOOD }",)", R"(",)")), "enum Mood @inaccessible {");
}

TEST(SupergraphOfExecutionConfig, DirectivesThatClientsDoNotHaveAreLeftOut) {
  std::string text = small_config_with("enum Mood { GOOD BAD }",
                                       "enum Mood { GOOD BAD } directive @fast on FIELD directive @late on FIELD");
  const std::string_view client = "enum Mood { GOOD }\"";
  text.replace(text.find(client), client.size(), "enum Mood { GOOD } directive @late on FIELD\"");
  const std::string sdl = converted(text);
  expect_contains(sdl, "directive @late on FIELD ");
  EXPECT_EQ(sdl.find("@fast"), std::string::npos);
}

TEST(SupergraphOfExecutionConfig, WithoutAClientSchemaNothingIsHidden) {
  std::string text(kSmallConfig);
  const size_t at = text.find("graphqlClientSchema");
  text.replace(at, 19, "somethingElse");
  EXPECT_EQ(converted(text).find(" @inaccessible "), converted(text).find(" @inaccessible on "));
}

TEST(SupergraphOfExecutionConfig, InterfacesAndUnionsAreJoinedWhereTheyAreDeclared) {
  const std::string sdl = converted(R"json({"engineConfig": {
    "datasourceConfigurations": [{"kind": 1, "id": "7",
      "rootNodes": [{"typeName": "Query", "fieldNames": ["any", "one"]}],
      "childNodes": [{"typeName": "Cat", "fieldNames": ["name"]}, {"typeName": "Named", "fieldNames": ["name"]}],
      "customGraphql": {"fetch": {"method": 1}, "upstreamSchema": {"key": "k"}}}],
    "graphqlSchema": "type Query { any: Named one: Pet } interface Named { name: String } union Pet = Cat type Cat implements Named { name: String } directive @client on FIELD | OBJECT directive @own on OBJECT",
    "stringStorage": {"k": "type Query { any: Named one: Pet } interface Named { name: String } union Pet = Cat type Cat implements Named { name: String } scalar link__Import"}},
    "subgraphs": [{"id": "7", "name": "pets", "routingUrl": "http://pets.test"}]})json");
  expect_contains(
      sdl, R"(type Cat implements Named @join__type(graph: G0) @join__implements(graph: G0, interface: "Named") {)");
  expect_contains(sdl, R"(union Pet @join__type(graph: G0) @join__unionMember(graph: G0, member: "Cat") = Cat)");
  expect_contains(sdl, "interface Named @join__type(graph: G0) { name: String @join__field(graph: G0) }");
  expect_contains(sdl, "directive @client on FIELD ");
  EXPECT_EQ(sdl.find("@own"), std::string::npos);
}

// Spec: https://protobuf.dev/programming-guides/json/ (names in lowerCamelCase or as in the .proto file; enums by name
// or number)
TEST(SupergraphOfExecutionConfig, NamesInSnakeCaseAndEnumsByNumberSayTheSame) {
  std::string text = small_config_with(R"("kind": "GRAPHQL", "id": "1")", R"("kind": 1, "id": "1")");
  for (const auto& [camel, snake] :
       {std::pair("\"engineConfig\"", "\"engine_config\""), std::pair("\"rootNodes\"", "\"root_nodes\""),
        std::pair("\"externalFieldNames\"", "\"external_field_names\""),
        std::pair("\"upstreamSchema\"", "\"upstream_schema\""),
        std::pair("\"disableEntityResolver\"", "\"disable_entity_resolver\""),
        std::pair("\"graphqlClientSchema\"", "\"graphql_client_schema\"")}) {
    for (size_t at = text.find(camel); at != text.npos; at = text.find(camel)) {
      text.replace(at, std::string_view(camel).size(), snake);
    }
  }
  EXPECT_EQ(converted(text), converted(kSmallConfig));
}

TEST(SupergraphOfExecutionConfig, TextOfTheConfigStaysWithinItsStrings) {
  const std::string sdl =
      converted(small_config_with(R"("name": "books")", R"("name": "b\") } type Evil { x: Int } # \n")"));
  expect_contains(sdl, R"(name: "b\") } type Evil { x: Int } # )");
  EXPECT_FALSE(graphql::parse_type_system(*supergraph_of_execution_config(kSmallConfig))->type_definitions.empty());
  const auto document = graphql::parse_type_system(*supergraph_of_execution_config(
      small_config_with(R"("selectionSet": "id")", R"("selectionSet": "id\") type Evil { x: Int }")")));
  ASSERT_TRUE(document);
  for (const graphql::TypeDefinition& type : document->type_definitions) EXPECT_NE(type.name, "Evil");
}

TEST(SupergraphOfExecutionConfig, ConditionsThatSpeakOfExternalFieldsAreWhatProvidesSays) {
  EXPECT_EQ(converted(small_config_with(
                R"("selectionSet": "isbn", "disableEntityResolver": true)",
                R"("selectionSet": "isbn", "disableEntityResolver": true, "conditions": [{"fieldCoordinatesPath":
                   [{"typeName": "User", "fieldName": "wrote"}, {"typeName": "Book", "fieldName": "title"}],
                   "fieldPath": ["wrote", "title"]}])")),
            converted(kSmallConfig));
}

}  // namespace
}  // namespace signet::cosmo
