#include "router/federation/reach.hpp"

#include <gtest/gtest.h>

#include "router/federation/supergraph.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/planning.hpp"
#include "tests/support/small_graph.hpp"

namespace signet::federation {
namespace {

StateId plain_state(const Supergraph& supergraph, std::string_view type, std::string_view subgraph) {
  for (StateId id : supergraph.model.states_of_type[supergraph.schema.find_any_type(type).value()]) {
    const State& state = supergraph.model.states[id];
    if (state.plain() && state.subgraph == supergraph.find_subgraph(subgraph)) return id;
  }
  return {};
}

const Derivation* derivation(const std::vector<Derivation>& reach, StateId state) {
  for (const Derivation& each : reach) {
    if (each.state == state) return &each;
  }
  return nullptr;
}

TEST(Reach, CountsFetchesAlongChains) {
  const auto supergraph = load_supergraph(testing::golden_supergraph("library"));
  ASSERT_TRUE(supergraph);
  const StateId a = plain_state(*supergraph, "Book", "a");
  const StateId b = plain_state(*supergraph, "Book", "b");
  const StateId c = plain_state(*supergraph, "Book", "c");
  const std::vector<Derivation>& reach = supergraph->model.reach[a];
  ASSERT_NE(derivation(reach, b), nullptr);
  EXPECT_EQ(derivation(reach, b)->fetches, 1u);
  ASSERT_NE(derivation(reach, c), nullptr);
  EXPECT_EQ(derivation(reach, c)->fetches, 2u);
  EXPECT_EQ(derivation(reach, c)->depth, 2u);
  // The composite key of c comes from b, both items of it.
  EXPECT_EQ(derivation(reach, c)->providers, (std::vector<StateId>{b, b}));
  // A reference only: nothing leads into c's Author.
  EXPECT_EQ(derivation(supergraph->model.reach[plain_state(*supergraph, "Author", "b")],
                       plain_state(*supergraph, "Author", "c")),
            nullptr);
}

TEST(Reach, ValueTypesReachNothing) {
  const auto supergraph = load_supergraph(testing::golden_supergraph("shop"));
  ASSERT_TRUE(supergraph);
  EXPECT_TRUE(supergraph->model.reach[plain_state(*supergraph, "Summary", "stock")].empty());
}

TEST(Reach, AnIdProvidedByTwoOpenStatesIsEnough) {
  const auto supergraph = load_supergraph(testing::golden_supergraph("shop"));
  ASSERT_TRUE(supergraph);
  const StateId catalog = plain_state(*supergraph, "Product", "catalog");
  const StateId reviews = plain_state(*supergraph, "Product", "reviews");
  const std::vector<Derivation> both = derive(supergraph->model, {catalog, reviews});
  EXPECT_EQ(derivation(both, catalog), nullptr);
  ASSERT_NE(derivation(both, plain_state(*supergraph, "Product", "stock")), nullptr);
}

/// A chain of types, each of whose keys lies in the next one: a{i} is entered by what a{i+1} tells.
std::string chain(int length, bool doubled) {
  std::vector<std::string> names = {"a"};
  for (int i = 0; i < length; ++i) names.push_back(fmt::format("b{}", i));
  std::string sdl =
      testing::supergraph_head(names) + "type Query @join__type(graph: A) { t: T0 @join__field(graph: A) }\n";
  for (int i = 0; i <= length; ++i) {
    const std::string before = i == 0 ? "" : fmt::format(" @join__field(graph: B{}, external: true)", i - 1);
    sdl += fmt::format("type T{} @join__type(graph: A)", i);
    if (i > 0) sdl += fmt::format(" @join__type(graph: B{})", i - 1);
    if (i == length) {
      sdl += fmt::format(" {{ k{}: ID @join__field(graph: A){} }}\n", i, before);
      break;
    }
    const std::string key =
        doubled ? fmt::format("l {{ k{0} }} r {{ k{0} }}", i + 1) : fmt::format("l {{ k{} }}", i + 1);
    const std::string both = fmt::format("@join__field(graph: A) @join__field(graph: B{})", i);
    sdl += fmt::format(
        " @join__type(graph: B{0}, key: \"{1}\") {{ l: T{2} {3} r: T{2} {3} k{0}: ID @join__field(graph: B{0}){4} }}\n",
        i, key, i + 1, both, before);
  }
  return sdl;
}

std::string plan_error(const std::string& sdl, std::string_view operation) {
  const auto supergraph = load_supergraph(sdl);
  if (!supergraph) return supergraph.error().front().message;
  return testing::plan_text(*supergraph, operation).error;
}

TEST(Reach, LongChainsOfNestedKeysSettle) {
  EXPECT_EQ(plan_error(chain(70, false), "{ t { k0 } }"), "");
}

// The number of fetches doubles with each link: the limit ends the planner at once, or the load says what is too far.
TEST(Reach, ChainsThatDoubleEndAtTheLimit) {
  EXPECT_EQ(plan_error(chain(8, true), "{ t { k0 } }"), "");
  EXPECT_EQ(plan_error(chain(16, true), "{ t { k0 } }"),
            "UNSUPPORTED_OPERATION: the operation needs more than 2000 subgraph requests");
  EXPECT_NE(plan_error(chain(40, true), "{ t { k0 } }").find("cannot be reached"), std::string::npos);
}

// Keys that contain each other's types: ways through them get cheaper only, whatever the order in which they are found.
TEST(Reach, CrossingKeysSettle) {
  const std::string sdl = testing::supergraph_head({"main", "s0", "s2", "s3"}) + R"(
type Query @join__type(graph: MAIN) { t: T0 @join__field(graph: MAIN) }
type T0 @join__type(graph: MAIN) @join__type(graph: S0, key: "c1 { k1 }") @join__type(graph: S2, key: "k1")
  @join__type(graph: S3, key: "k0") {
  k0: ID @join__field(graph: MAIN) @join__field(graph: S0) @join__field(graph: S3)
  k1: ID
  c1: T1
}
type T1 @join__type(graph: MAIN) @join__type(graph: S0, key: "c0 { k0 }") @join__type(graph: S2, key: "c0 { k1 }")
  @join__type(graph: S3, key: "c0 { k1 }") {
  k1: ID @join__field(graph: MAIN) @join__field(graph: S0)
  c0: T0 @join__field(graph: MAIN) @join__field(graph: S0, external: true) @join__field(graph: S2) @join__field(graph: S3)
})";
  EXPECT_EQ(plan_error(sdl, "{ t { k0 k1 c1 { k1 c0 { k0 } } } }"), "");
}

}  // namespace
}  // namespace signet::federation
