#include "router/federation/reach.hpp"

#include <gtest/gtest.h>

#include "router/federation/supergraph.hpp"
#include "tests/support/golden.hpp"

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

}  // namespace
}  // namespace signet::federation
