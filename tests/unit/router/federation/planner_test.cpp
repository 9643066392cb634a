#include "router/federation/planner.hpp"

#include <gtest/gtest.h>
#include <limits>

#include "router/federation/plan_print.hpp"
#include "router/federation/plan_verify.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/hard_plan.hpp"
#include "tests/support/planning.hpp"
#include "tests/support/small_graph.hpp"

namespace signet::federation {
namespace {

class Planner : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = load_supergraph(testing::golden_supergraph("shop"));
    ASSERT_TRUE(loaded);
    shop_ = std::make_unique<Supergraph>(std::move(*loaded));
  }
  std::unique_ptr<Supergraph> shop_;
};

TEST_F(Planner, IsDeterministic) {
  constexpr std::string_view kText = "{ products { verdict value related { count name reviews { text } } } }";
  const std::string first = print_plan(*shop_, *testing::plan_text(*shop_, kText).plan, true);
  auto again = load_supergraph(testing::golden_supergraph("shop"));
  ASSERT_TRUE(again);
  EXPECT_EQ(print_plan(*again, *testing::plan_text(*again, kText).plan, true), first);
}

TEST_F(Planner, BorrowsNothing) {
  std::shared_ptr<const Plan> plan;
  {
    auto text = std::make_unique<std::string>("query Q($i: ID!) { alias: product(id: $i) { other: name } }");
    plan = testing::plan_text(*shop_, *text, R"({"i":"1"})").plan;
  }
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->requests[RequestId(0)].document, "query($i:ID!){product(id: $i){name}}");
  EXPECT_EQ(plan->cases[plan->positions[plan->root()].cases.front()].output.front().key, "alias");
}

TEST_F(Planner, ClientsCannotChooseWireNames) {
  const auto plan =
      testing::plan_text(*shop_, R"({ __a: product(id: 1) { _entities: name __typename x: id y: id } })").plan;
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->requests[RequestId(0)].document, "{product(id: 1){name id}}");
}

TEST_F(Planner, KnowsWhatClientsGetAsItIsWritten) {
  const auto plan =
      testing::plan_text(*shop_, "{ product(id: 1) { id sku n: name price __typename weight related { id } color } }")
          .plan;
  ASSERT_TRUE(plan);
  const auto fields = [](const PositionCase& each) { return each.output.size(); };
  const auto product = std::ranges::max_element(plan->cases, {}, fields);
  std::string follow;
  for (const OutputField& field : product->output) {
    if (field.follows) follow += field.key + " ";
  }
  EXPECT_EQ(follow, "sku price ");
}

TEST_F(Planner, AVariableOfTheClientMayBeCalledRepresentations) {
  const auto plan =
      testing::plan_text(*shop_, "query ($representations: Int) { products(first: $representations) { count } }").plan;
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->fetches.size(), 2u);
  EXPECT_EQ(plan->requests[RequestId(1)].document,
            "query($_representations:[_Any!]!){_entities(representations:$_representations){...on Product{count}}}");
}

TEST_F(Planner, LimitsDepth) {
  std::string text = "{ products ";
  for (int i = 0; i < 190; ++i) text += "{ related ";
  text += "{ id }";
  for (int i = 0; i < 190; ++i) text += " }";
  const testing::Planned planned = testing::plan_text(*shop_, text + " }");
  EXPECT_TRUE(planned.plan) << planned.error;
}

// How long it takes is measured in tests/bench/micro; what it gives is the same on every machine.
TEST(PlannerWide, TheHardPlanIsSoundAndFitsSevenSubgraphsAStage) {
  const auto supergraph = load_supergraph(testing::hard_supergraph());
  ASSERT_TRUE(supergraph) << supergraph.error().front().message;
  const testing::Planned planned = testing::plan_text(*supergraph, testing::hard_operation());
  ASSERT_TRUE(planned.plan) << planned.error;
  EXPECT_EQ(verify_plan(*supergraph, *planned.plan), "");
  EXPECT_EQ(planned.plan->positions.size(), 342u);
  size_t leaves = 0;
  for (size_t i = 0; i < planned.plan->cases.size(); ++i) {
    for (const OutputField& field : planned.plan->cases[CaseId(i)].output) leaves += field.child ? 0 : 1;
  }
  EXPECT_EQ(leaves, 1024u);
  size_t stages = 0;
  for (size_t i = 0; i < planned.plan->requests.size(); ++i) {
    stages = std::max<size_t>(stages, planned.plan->requests[RequestId(i)].stage + 1);
  }
  EXPECT_LE(planned.plan->requests.size(), testing::kHardSubgraphs * stages);
  EXPECT_LE(stages, testing::kHardLevels + 1);
}

TEST(PlannerWide, ManyEqualOwnersStayCheap) {
  // One entity in twelve subgraphs with the same key; each leaf belongs to six of them.
  constexpr int kSubgraphs = 12;
  constexpr int kFields = 60;
  std::vector<std::string> names;
  for (int s = 0; s < kSubgraphs; ++s) names.push_back(fmt::format("s{}", s));
  std::string sdl = testing::supergraph_head(names) + "type Query";
  for (int s = 0; s < kSubgraphs; ++s) sdl += fmt::format(" @join__type(graph: S{})", s);
  sdl += " { node: Node @join__field(graph: S0) }\ntype Node";
  for (int s = 0; s < kSubgraphs; ++s) sdl += fmt::format(" @join__type(graph: S{}, key: \"id\")", s);
  sdl += " { id: ID!\n";
  std::string selection;
  for (int f = 0; f < kFields; ++f) {
    sdl += fmt::format("f{}: Int", f);
    for (int owner = 0; owner < 6; ++owner)
      sdl += fmt::format(" @join__field(graph: S{})", 1 + (f * 7 + owner * (1 + f % 3)) % 11);
    sdl += "\n";
    selection += fmt::format(" f{}", f);
  }
  for (int f = 0; f < 2; ++f) sdl += fmt::format("n{}: Node @join__field(graph: S1) @join__field(graph: S2)\n", f);
  sdl += "}\n";
  const auto supergraph = load_supergraph(sdl);
  ASSERT_TRUE(supergraph) << supergraph.error().front().message;
  std::string text = "{ node {" + selection;
  for (int depth = 0; depth < 4; ++depth) text += fmt::format(" n0 {{{0} }} n1 {{{0}", selection);
  for (int depth = 0; depth < 4; ++depth) text += " }";
  const testing::Planned planned = testing::plan_text(*supergraph, text + " } }");
  ASSERT_TRUE(planned.plan) << planned.error;
  EXPECT_LT(planned.plan->fetches.size(), 60u);
}

TEST(PlannerWide, NoObjectHasMoreFieldsThanCanBeTold) {
  static_assert(kSlotsMax <= std::numeric_limits<decltype(OutputField::slot)>::max());
  const auto supergraph =
      load_supergraph(testing::supergraph_head({"a"}) + "type Query @join__type(graph: A) { number(n: Int): Int }\n");
  ASSERT_TRUE(supergraph) << supergraph.error().front().message;
  std::string text = "{";
  for (size_t i = 0; i < kSlotsMax; ++i) text += fmt::format(" n{0}: number(n: {0})", i);
  const auto most = testing::plan_text(*supergraph, text + " }", {}, graphql::kTrustedLimits);
  EXPECT_TRUE(most.plan) << most.error;
  const auto more = testing::plan_text(*supergraph, text + " more: number(n: -1) }", {}, graphql::kTrustedLimits);
  EXPECT_FALSE(more.plan);
  EXPECT_EQ(more.error, "UNSUPPORTED_OPERATION: more than 20000 fields of one object are asked of one subgraph");
}

}  // namespace
}  // namespace signet::federation
