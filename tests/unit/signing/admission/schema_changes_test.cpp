// Changes one by one; whether the classes are graphql-js's is what tests/counterparts/schema-changes compares.
#include "signing/admission/schema_changes.hpp"

#include <gtest/gtest.h>

#include "router/federation/supergraph.hpp"
#include "tests/support/small_config.hpp"

namespace signet::admission {
namespace {

// Behind what follows, an SDL is a supergraph.
constexpr std::string_view kSupergraph = R"(
  schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
    @link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY) { query: Query }
  directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
  directive @inaccessible on FIELD_DEFINITION | OBJECT | ENUM_VALUE
  scalar link__Import enum link__Purpose { SECURITY EXECUTION }
  directive @join__graph(name: String!, url: String!) on ENUM_VALUE
)";

std::string supergraph(std::string_view rest) {
  return fmt::format("{}\n{}", kSupergraph, rest);
}

std::string changes(std::string_view before, std::string_view after) {
  const auto old_schema = federation::load_schema(supergraph(before));
  const auto new_schema = federation::load_schema(supergraph(after));
  EXPECT_TRUE(old_schema && new_schema) << before << after;
  if (!old_schema || !new_schema) return "?";
  std::string out;
  for (const Change& change : schema_changes(*old_schema, *new_schema)) out += to_text(change) + "\n";
  return out;
}

TEST(SchemaChanges, NothingChanged) {
  constexpr std::string_view kSchema = "type Query { a(x: Int = 1): [Int!]! } enum E { A } directive @d on FIELD";
  EXPECT_EQ(changes(kSchema, kSchema), "");
}

TEST(SchemaChanges, SafeOnes) {
  EXPECT_EQ(changes("type Query { a: Int }", "type Query { a: Int! b: T } type T { c: Int } directive @d on FIELD"),
            "FIELD_ADDED Query.b\nTYPE_ADDED T\nDIRECTIVE_ADDED @d\n");
  EXPECT_EQ(changes("type Query { a: Int }", "type Query { a: Int b: Float }"),
            "FIELD_ADDED Query.b\nTYPE_ADDED Float\n");
}

TEST(SchemaChanges, DefaultsAreComparedByWhatTheyMean) {
  constexpr std::string_view kInput = "input I { a: Int b: Float = 2 l: [ID!] }";
  const auto arg = [&](std::string_view value) {
    return fmt::format("type Query {{ f(x: I = {}): Int }} {}", value, kInput);
  };
  EXPECT_EQ(changes(arg("{a: 1, l: 5}"), arg("{ l: [\"5\"], b: 2.0, a: 1 }")), "");
  EXPECT_EQ(changes(arg("{a: 1}"), arg("{a: 2}")), "ARG_DEFAULT_VALUE_CHANGE Query.f(x:)\n");
  EXPECT_EQ(changes(arg("{a: 1}"), arg("{a: 1, b: 2.5}")), "ARG_DEFAULT_VALUE_CHANGE Query.f(x:)\n");
  // Integers are numbers; an ID is the digits it is written with.
  EXPECT_EQ(changes(arg("{a: 0}"), arg("{a: -0}")), "");
  EXPECT_EQ(changes(arg("{l: 0}"), arg("{l: -0}")), "ARG_DEFAULT_VALUE_CHANGE Query.f(x:)\n");
  EXPECT_EQ(changes(arg("{l: 90071992547409931}"), arg("{l: 90071992547409933}")),
            "ARG_DEFAULT_VALUE_CHANGE Query.f(x:)\n");
}

// What clients cannot see does not change for them; what hides from them is gone.
TEST(SchemaChanges, OnlyWhatClientsSeeCounts) {
  const auto sdl = [](std::string_view graphs, std::string_view rest) {
    return fmt::format("enum join__Graph {{ {} }} {}", graphs, rest);
  };
  const std::string one = R"(A @join__graph(name: "a", url: "https://a.test/"))";
  const std::string two = one + R"( B @join__graph(name: "b", url: "https://b.test/"))";
  EXPECT_EQ(changes(sdl(two, "type Query { a: Int }"), sdl(one, "type Query { a: Int }")), "");
  EXPECT_EQ(changes(sdl(one, "type Query { a: Int h: Int @inaccessible }"), sdl(one, "type Query { a: Int }")), "");
  EXPECT_EQ(changes(sdl(one, "type Query { a: Int b: Int }"), sdl(one, "type Query { a: Int b: Int @inaccessible }")),
            "FIELD_REMOVED Query.b\n");
}

TEST(SubgraphChanges, ByName) {
  const std::vector<signing::Subgraph> before{{"a", "https://a.test/"}, {"b", "https://b.test/"}};
  const std::vector<signing::Subgraph> after{{"c", "https://a.test/"}, {"b", "https://b.test/graphql"}};
  std::string out;
  for (const Change& change : subgraph_changes(before, after)) out += to_text(change) + "\n";
  EXPECT_EQ(out, "SUBGRAPH_REMOVED a\nSUBGRAPH_URL_CHANGED b\nSUBGRAPH_ADDED c\n");
  EXPECT_TRUE(subgraph_changes(before, before).empty());
}

TEST(SubgraphChanges, EveryAddressOfASubgraphCounts) {
  const std::vector<signing::Subgraph> before{{"a", "https://a.test/", "https://live.test/"},
                                              {"a", "https://old.test/"}};
  std::vector<signing::Subgraph> after = before;
  EXPECT_TRUE(subgraph_changes(before, after).empty());
  after[1].url = "https://new.test/";
  ASSERT_EQ(subgraph_changes(before, after).size(), 1u);
  EXPECT_EQ(to_text(subgraph_changes(before, after)[0]), "SUBGRAPH_URL_CHANGED a");
}

// Whether a graph comes as a supergraph or as an execution config, clients see the schema that it exposes.
TEST(GraphChanges, ExecutionConfigsAreJudgedByWhatClientsSee) {
  const auto changes_to = [](const std::string& after) {
    const auto changes = graph_changes(std::string(testing::kSmallConfig), after);
    if (!changes) return changes.error();
    std::string out;
    for (const Change& change : *changes) out += to_text(change) + "\n";
    return out;
  };
  EXPECT_EQ(changes_to(std::string(testing::kSmallConfig)), "");
  EXPECT_EQ(changes_to(testing::small_config_with("enum Mood { GOOD }", "enum Mood { GOOD BAD }")),
            "VALUE_ADDED_TO_ENUM Mood.BAD\n");
  EXPECT_EQ(changes_to(testing::small_config_with("type User { id: ID! wrote: [Book!] }", "type User { id: ID! }")),
            "FIELD_REMOVED User.wrote\n");
  EXPECT_EQ(changes_to(testing::small_config_with("http://users.test/old", "http://users.test/older")),
            "SUBGRAPH_URL_CHANGED users\n");
  EXPECT_EQ(changes_to(testing::small_config_with("1:0.55.0", "3:1.0.0")),
            "the schema of the new artifact cannot be read: compatibilityVersion: is \"3:1.0.0\"; versions up to 1 are "
            "supported");
}

TEST(GraphChanges, WhatCannotBeReadIsAnError) {
  const std::string good =
      supergraph(R"(enum join__Graph { A @join__graph(name: "a", url: "https://a.test/") } type Query { a: Int })");
  EXPECT_TRUE(graph_changes(good, good));
  EXPECT_TRUE(graph_changes("type {", good)
                  .error()
                  .starts_with("the schema of the previous artifact cannot be read: line 1: "));
  EXPECT_TRUE(
      graph_changes(good, "type {").error().starts_with("the schema of the new artifact cannot be read: line 1: "));
}

}  // namespace
}  // namespace signet::admission
