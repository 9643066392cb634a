#include "router/federation/old_joins.hpp"

#include <gtest/gtest.h>
#include <regex>

#include "router/federation/plan_print.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/planning.hpp"

namespace signet::federation {
namespace {

std::string replaced(std::string text, const std::string& pattern, const std::string& by) {
  std::string result = std::regex_replace(text, std::regex(pattern), by);
  EXPECT_NE(result, text) << pattern;
  return result;
}

std::string first_error(const std::string& sdl) {
  const auto loaded = load_supergraph(sdl);
  return loaded ? "" : loaded.error().front().message;
}

std::string plan_of(const std::string& sdl, std::string_view operation) {
  const auto supergraph = load_supergraph(sdl);
  if (!supergraph) return supergraph.error().front().message;
  const testing::Planned planned = testing::plan_text(*supergraph, operation);
  return planned.plan ? print_plan(*supergraph, *planned.plan, true) : planned.error;
}

constexpr std::string_view kLetters = "{ letters { about { title sold postage price { amount } } } }";

TEST(OldJoins, AFieldWithoutGraphBelongsToTheOwner) {
  const std::string said = testing::golden_supergraph("kiosk");
  // In the owned types only: root fields need their graph.
  const std::string unsaid = replaced(said, R"((title: String!|price: Price) @join__field\(graph: PAPERS\))", "$1");
  EXPECT_EQ(plan_of(unsaid, kLetters), plan_of(said, kLetters));
  const std::string null =
      replaced(said, R"(title: String! @join__field\(graph: PAPERS\))", "title: String! @join__field(graph: null)");
  EXPECT_EQ(plan_of(null, kLetters), plan_of(said, kLetters));
}

TEST(OldJoins, AValueTypeIsOnlyWhereSomethingLeadsToIt) {
  const auto supergraph = load_supergraph(testing::golden_supergraph("kiosk"));
  ASSERT_TRUE(supergraph) << supergraph.error().front().message;
  const auto subgraphs_of = [&](std::string_view type) {
    std::string names;
    for (StateId id : supergraph->model.states_of_type[supergraph->schema.find_any_type(type).value()]) {
      const State& state = supergraph->model.states[id];
      if (state.plain()) names += supergraph->subgraphs[state.subgraph].name + " ";
    }
    return names;
  };
  EXPECT_EQ(subgraphs_of("Price"), "papers sales ");
  EXPECT_EQ(subgraphs_of("Toy"), "papers ");
  EXPECT_EQ(subgraphs_of("Letter"), "readers ");
  EXPECT_EQ(subgraphs_of("Paper"), "papers readers sales ");
}

TEST(OldJoins, OwnersMustBeJoined) {
  const std::string sdl =
      replaced(testing::golden_supergraph("kiosk"), R"(  @join__type\(graph: READERS, key: "id"\)\n)", "");
  EXPECT_EQ(first_error(sdl), "\"Reader\" is owned by subgraph \"readers\", but not joined to it");
}

TEST(OldJoins, RootFieldsNeedAGraph) {
  const std::string sdl =
      replaced(testing::golden_supergraph("kiosk"), R"((till: Till) @join__field\(graph: SALES\))", "$1");
  EXPECT_EQ(first_error(sdl), "root field \"Query.till\" has no @join__field(graph:)");
}

TEST(OldJoins, ALaterVersionHasNoOwners) {
  // The same lines read as v0.3 say something else: types without @join__type are in no subgraph.
  const std::string sdl = replaced(testing::golden_supergraph("kiosk"), "join/v0.1", "join/v0.3");
  EXPECT_NE(first_error(sdl), "");
}

// v0.2 has no @join__unionMember: the members are those that the subgraph knows.
TEST(OldJoins, UnionMembersAreTheTypesOfTheSubgraph) {
  constexpr std::string_view operation = "{ found { __typename ... on Book { title } ... on Tape { side } } }";
  const std::string now = testing::golden_supergraph("library");
  const std::string then =
      replaced(replaced(now, "join/v0.3", "join/v0.2"), R"(@join__unionMember\(graph: \w+, member: "\w+"\))", "");
  ASSERT_EQ(first_error(now), "");
  EXPECT_EQ(plan_of(then, operation), plan_of(now, operation));
}

}  // namespace
}  // namespace signet::federation
