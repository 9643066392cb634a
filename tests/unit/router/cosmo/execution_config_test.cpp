// What an execution config may not ask for, each with the message that names it.
#include "router/cosmo/execution_config.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "router/cosmo/supergraph_sdl.hpp"
#include "tests/support/small_config.hpp"

namespace signet::cosmo {
namespace {

using testing::small_config_with;

/// The first error: `path: message`.
std::string refusal(const std::string& config) {
  const auto sdl = supergraph_of_execution_config(config);
  if (sdl) return "converted";
  return fmt::format("{}: {}", sdl.error().front().path, sdl.error().front().message);
}

std::string refusal_with(std::string_view piece, std::string_view instead) {
  return refusal(small_config_with(piece, instead));
}

struct Refused {
  const char *piece, *instead, *because;
};

class WhatIsRefused : public ::testing::TestWithParam<Refused> {};

TEST_P(WhatIsRefused, IsNamedWithItsPlace) {
  const auto& [piece, instead, because] = GetParam();
  EXPECT_EQ(refusal_with(piece, instead), because);
}

INSTANTIATE_TEST_SUITE_P(
    NotSupported, WhatIsRefused,
    ::testing::Values(
        Refused{R"("kind": "GRAPHQL", "id": "1")", R"("kind": "PUBSUB", "id": "1")",
                "engineConfig.datasourceConfigurations[1].kind: subgraph \"books\": data sources of kind PUBSUB "
                "(events) are not supported"},
        Refused{R"("kind": "GRAPHQL", "id": "1")", R"("id": "1")",
                "engineConfig.datasourceConfigurations[1].kind: subgraph \"books\": data sources of kind STATIC are "
                "not supported"},
        Refused{R"("kind": "GRAPHQL", "id": "1")", R"("kind": "TELEPATHY", "id": "1")",
                "engineConfig.datasourceConfigurations[1].kind: is \"TELEPATHY\", which is not known here"},
        Refused{R"("kind": "GRAPHQL", "id": "1")", R"("kind": "GRAPHQL", "id": "2")",
                "engineConfig.datasourceConfigurations[1].id: no member of subgraphs has the id \"2\""},
        Refused{R"("kind": "GRAPHQL", "id": "1")", R"("kind": "GRAPHQL", "id": "0")",
                "engineConfig.datasourceConfigurations[1]: subgraph \"users\" has a second data source"},
        Refused{R"("kind": "GRAPHQL", "id": "1")", R"("kind": "GRAPHQL", "customEvents": {"nats": [{}]}, "id": "1")",
                "engineConfig.datasourceConfigurations[1].customEvents: subgraph \"books\": events are not supported"},
        Refused{R"("kind": "GRAPHQL", "id": "1")",
                R"("kind": "GRAPHQL", "directives": [{"directiveName": "a", "renameTo": "b"}], "id": "1")",
                "engineConfig.datasourceConfigurations[1].directives: subgraph \"books\": renamed directives are not "
                "supported"},
        Refused{R"("kind": "GRAPHQL", "id": "1")",
                R"("kind": "GRAPHQL", "interfaceObjects": [{"interfaceTypeName": "Media"}], "id": "1")",
                "engineConfig.datasourceConfigurations[1].interfaceObjects[0]: subgraph \"books\": @interfaceObject on "
                "\"Media\" is not supported"},
        Refused{R"("fetch": {"method": "POST"})", R"("fetch": {"method": "POST"}, "grpc": {})",
                "engineConfig.datasourceConfigurations[1].customGraphql.grpc: subgraph \"books\": gRPC subgraphs and "
                "plugins are not supported"},
        Refused{R"("fetch": {"method": "POST"})", R"("fetch": {"method": "GET"})",
                "engineConfig.datasourceConfigurations[1].customGraphql.fetch.method: subgraph \"books\": only POST is "
                "supported"},
        Refused{
            R"("fetch": {"method": "POST"})",
            R"("fetch": {"method": "POST", "header": {"X-Key": {"values": [{"kind": 1, "environmentVariableName": "PASSWORD"}]}}})",
            "engineConfig.datasourceConfigurations[1].customGraphql.fetch.header: subgraph \"books\": is not "
            "supported"},
        Refused{
            R"("fetch": {"method": "POST"})", R"("fetch": {"method": "POST", "mtls": {"insecureSkipVerify": true}})",
            "engineConfig.datasourceConfigurations[1].customGraphql.fetch.mtls: subgraph \"books\": is not supported"},
        Refused{R"("fetch": {"method": "POST"})",
                R"("fetch": {"method": "POST", "httpProxyUrl": {"staticVariableContent": "http://proxy.test"}})",
                "engineConfig.datasourceConfigurations[1].customGraphql.fetch.httpProxyUrl: subgraph \"books\": is not "
                "supported"},
        Refused{
            R"("fetch": {"method": "POST"})",
            R"("fetch": {"method": "POST", "url": {"kind": "ENV_CONFIGURATION_VARIABLE", "environmentVariableName": "URL"}})",
            "engineConfig.datasourceConfigurations[1].customGraphql.fetch.url: is a variable of kind ENV, which is not "
            "supported: only constants are"},
        Refused{R"("fetch": {"method": "POST"})", R"("fetch": {"method": "POST", "url": {"kind": 2}})",
                "engineConfig.datasourceConfigurations[1].customGraphql.fetch.url: is a variable of kind PLACEHOLDER, "
                "which is not supported: only constants are"},
        Refused{R"("typeName": "Price", "fieldNames": ["cents"])",
                R"("typeName": "Price", "fieldNames": ["cents"], "requireFetchReasonsFieldNames": ["cents"])",
                "engineConfig.datasourceConfigurations[1].childNodes[0]: subgraph \"books\": fetch reasons, which "
                "\"Price.cents\" requires, are not supported"},
        Refused{R"("typeName": "Price", "fieldNames": ["cents"])",
                R"("typeName": "Price", "fieldNames": ["cents"], "externalFieldNames": ["cents"])",
                "engineConfig.datasourceConfigurations[1].childNodes[0]: subgraph \"books\": \"Price.cents\" is both "
                "resolved and external"},
        Refused{R"("compatibilityVersion": "1:0.55.0")", R"("compatibilityVersion": "2:0.60.0")",
                "compatibilityVersion: is \"2:0.60.0\"; versions up to 1 are supported"},
        Refused{R"("compatibilityVersion": "1:0.55.0")",
                R"("featureFlagConfigs": {"configByFeatureFlagName": {"beta": {}, "next": {}}})",
                "featureFlagConfigs.configByFeatureFlagName: feature flags are not supported, and there are 2: "
                "\"beta\", \"next\""},
        Refused{R"("defaultFlushInterval": "500")",
                R"("typeConfigurations": [{"typeName": "User", "renameTo": "Person"}])",
                "engineConfig.typeConfigurations[0]: type \"User\" is renamed to \"Person\", which is not supported"},
        Refused{R"("fieldName": "books",)",
                R"("fieldName": "books", "authorizationConfiguration": {"requiresAuthentication": true},)",
                "engineConfig.fieldConfigurations[0]: \"Query.books\" asks for authentication or scopes, which would "
                "not be enforced"},
        Refused{
            R"("fieldName": "books",)",
            R"("fieldName": "books", "authorizationConfiguration": {"requiredOrScopes": [{"requiredAndScopes": ["a"]}]},)",
            "engineConfig.fieldConfigurations[0]: \"Query.books\" asks for authentication or scopes, which would not "
            "be enforced"},
        Refused{R"("fieldName": "books",)", R"("fieldName": "books", "subscriptionFilterCondition": {"and": [{}]},)",
                "engineConfig.fieldConfigurations[0]: \"Query.books\" filters events, which is not supported"},
        Refused{R"("sourceType": "FIELD_ARGUMENT")", R"("sourceType": "OBJECT_FIELD")",
                "engineConfig.fieldConfigurations[0].argumentsConfiguration[0]: argument \"first\" of \"Query.books\" "
                "comes from an object's field, which is not supported"},
        Refused{R"("aa": "type Query { me: User })", R"("aa": "type Query { me: User @authenticated })",
                "engineConfig.datasourceConfigurations[0].customGraphql.upstreamSchema: subgraph \"users\": line 1 of "
                "the schema: @authenticated is not supported"},
        Refused{R"("aa": "type Query { me: User })", R"("aa": "extend type Query { me: User })",
                "engineConfig.datasourceConfigurations[0].customGraphql.upstreamSchema: subgraph \"users\": the schema "
                "extends \"Query\""},
        Refused{R"("aa": "type Query)", R"("aa": "typo Query)",
                "engineConfig.datasourceConfigurations[0].customGraphql.upstreamSchema: subgraph \"users\": line 1, "
                "column 1 of the schema: syntax error: expected a type system definition, found \"typo\""},
        Refused{R"("upstreamSchema": {"key": "bb"})", R"("upstreamSchema": {"key": "cc"})",
                "engineConfig.datasourceConfigurations[1].customGraphql.upstreamSchema: subgraph \"books\": "
                "stringStorage does not hold \"cc\""}));

INSTANTIATE_TEST_SUITE_P(
    Contradictions, WhatIsRefused,
    ::testing::Values(
        Refused{"books(first: Int = 3): [Book!]! me: User }", "books: [Book!]! me: User }",
                "engineConfig.datasourceConfigurations[1]: subgraph \"books\": \"Query.books\": it does not know "
                "\"first\""},
        Refused{"books(first: Int = 3): [Book!]! me: User }", "books(first: String): [Book!]! me: User }",
                "engineConfig.datasourceConfigurations[1]: subgraph \"books\": \"Query.books\": \"first\" is of type "
                "Int in the graph and String there"},
        Refused{"books(first: Int = 3): [Book!]! me: User }", "books(first: Int!): [Book!]! me: User }",
                "engineConfig.datasourceConfigurations[1]: subgraph \"books\": \"Query.books\": \"first\" is of type "
                "Int in the graph and Int! there"},
        Refused{"books(first: Int = 3): [Book!]! me: User }", "books(first: Int, token: String!): [Book!]! me: User }",
                "engineConfig.datasourceConfigurations[1]: subgraph \"books\": \"Query.books\": it requires \"token\", "
                "which the graph does not offer"},
        Refused{R"(type User { id: ID! name: String wrote: [Book!] }\n)",
                R"(type User { id: ID! name: String wrote: [Book!] } type Ghost { id: ID }\n)",
                "engineConfig.graphqlSchema: no subgraph declares \"Ghost\""},
        Refused{R"("fieldNames": ["isbn", "title", "label"])", R"("fieldNames": ["isbn", "label"])",
                "engineConfig.graphqlSchema: no subgraph resolves \"Book.title\""},
        Refused{"} type User { id: ID! name: String }", "} interface User { id: ID! name: String }",
                "engineConfig.datasourceConfigurations[1]: subgraph \"books\": type \"User\" is of another kind than "
                "in graphqlSchema"},
        Refused{"enum Mood { GOOD }", "enum Mood { GOOD ODD }",
                "engineConfig.graphqlClientSchema: below \"Mood\" it has more than graphqlSchema"},
        Refused{"enum Mood { GOOD }", "enum Mood { GOOD } enum Taste { SOUR }",
                "engineConfig.graphqlClientSchema: it has a type that graphqlSchema does not have"},
        Refused{"type Query { me: User books: [Book!]! }", "type Query { me: User! books: [Book!]! }",
                "engineConfig.graphqlClientSchema: \"Query.me\" is of another type than in graphqlSchema"},
        Refused{R"("requires": [{"typeName": "Book", "fieldName": "label")",
                R"("requires": [{"typeName": "Book", "fieldName": "pages")",
                "engineConfig.datasourceConfigurations[1].requires[0]: subgraph \"books\": it does not resolve "
                "\"Book.pages\""},
        Refused{R"("name": "books", "routingUrl")", R"("name": "users", "routingUrl")",
                "subgraphs[1]: a second subgraph is called \"users\""},
        Refused{R"("rootNodes": [{"typeName": "Query", "fieldNames": ["me"]})",
                R"("root_nodes": [], "rootNodes": [{"typeName": "Query", "fieldNames": ["me"]})",
                "engineConfig.datasourceConfigurations[0].rootNodes: is given twice: the other time as root_nodes"},
        Refused{R"("fieldNames": ["books"])", R"("fieldNames": "books")",
                "engineConfig.datasourceConfigurations[1].rootNodes[0].fieldNames: is not an array"},
        Refused{"enum Mood { GOOD BAD }", "enum Mood { GOOD BAD } enum join__Graph { G7 }",
                "engineConfig.graphqlSchema: the name of type \"join__Graph\" is reserved"}));

TEST(ExecutionConfig, ConditionsThatSpeakOfOtherFieldsAreRefused) {
  EXPECT_EQ(
      refusal_with(
          R"("selectionSet": "isbn", "disableEntityResolver": true)",
          R"("selectionSet": "isbn", "conditions": [{"fieldCoordinatesPath": [{"typeName": "Book", "fieldName": "isbn"}]}])"),
      "engineConfig.datasourceConfigurations[0].keys[1].conditions[0]: subgraph \"users\": the condition of key "
      "\"isbn\" of \"Book\" is not supported: \"Book.isbn\" is not external");
}

// Nothing that was hidden shows because its schema is empty.
TEST(ExecutionConfig, AnEmptyClientSchemaIsNoClientSchema) {
  std::string text = small_config_with("\"graphqlClientSchema\": \"", "\"graphqlClientSchema\": \"\", \"other\": \"");
  EXPECT_TRUE(refusal(text).starts_with("engineConfig.graphqlClientSchema: ")) << refusal(text);
}

TEST(ExecutionConfig, OtherTextIsNoConfig) {
  EXPECT_EQ(refusal("{"), ": is not JSON: expected a member name");
  EXPECT_EQ(refusal("[]"), ": is not an object");
  EXPECT_EQ(refusal("{}"), "engineConfig: is missing");
  EXPECT_TRUE(is_execution_config(" \n\t{}"));
  EXPECT_FALSE(is_execution_config("schema { query: Query }"));
  EXPECT_FALSE(is_execution_config(""));
}

TEST(ExecutionConfig, ErrorsAreBounded) {
  std::string sources;
  for (int i = 0; i < 1'000; ++i) sources += R"({"id": "x"},)";
  const auto sdl = supergraph_of_execution_config(
      small_config_with(R"("datasourceConfigurations": [)", R"("datasourceConfigurations": [)" + sources));
  ASSERT_FALSE(sdl);
  EXPECT_EQ(sdl.error().size(), 100u);
}

TEST(ExecutionConfig, ManySourcesWithOneSchemaCostNoMoreThanTheConfigIsLarge) {
  std::string sources, subgraphs;
  for (int i = 2; i < 40; ++i) {
    sources +=
        fmt::format(R"(,{{"kind":"GRAPHQL","id":"{}","customGraphql":{{"upstreamSchema":{{"key":"big"}}}}}})", i);
    subgraphs += fmt::format(R"(,{{"id":"{}","name":"s{}","routingUrl":"https://s.test/"}})", i, i);
  }
  const std::string big = "type Query { me: Int } #" + std::string(40'000, 'x');
  std::string text(testing::kSmallConfig);
  text.replace(text.find("}}}],\n  \"field"), 4, "}}}" + sources + "]");
  text.replace(text.find("\"aa\": \""), 0, "\"big\": \"" + big + "\", ");
  text.insert(text.find("],\n \"compatibilityVersion"), subgraphs);
  EXPECT_NE(refusal(text).find("upstreamSchema: subgraph \"s"), std::string::npos) << refusal(text);
  EXPECT_NE(refusal(text).find("larger than twice the config"), std::string::npos) << refusal(text);
}

TEST(ExecutionConfig, RootsAreHiddenOnlyWithTheirTypes) {
  const std::string left_out = refusal_with("\"graphqlClientSchema\": \"type Query {",
                                            "\"graphqlClientSchema\": \"schema { query: User } type Query {");
  EXPECT_EQ(left_out, "engineConfig.graphqlClientSchema: its query root is \"User\", and \"Query\" in graphqlSchema");
}

TEST(ExecutionConfig, ErrorsAreShort) {
  const std::string name(1'000'000, 'n');
  EXPECT_LT(refusal_with(R"("kind": "GRAPHQL", "id": "1")", fmt::format(R"("kind": "{}", "id": "1")", name)).size(),
            2'200u);
}

}  // namespace
}  // namespace signet::cosmo
