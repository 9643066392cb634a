// Positions that are alike: which are, and that a plan is the same when none is.
#include <gtest/gtest.h>

#include "router/federation/passes/draft.hpp"
#include "router/federation/plan_print.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/hard_plan.hpp"
#include "tests/support/planning.hpp"

namespace signet::federation {
namespace {

/// An operation that was parsed and normalised, and the draft of its plan.
struct Drafting {
  Drafting(const Supergraph& supergraph, const std::string& text)
      : document(*graphql::parse_executable(text)),
        operation(*operation::normalize(document, supergraph.schema, *operation::select_operation(document, {}), 0)),
        draft(supergraph, operation) {}

  graphql::Document document;
  operation::NormalizedOperation operation;
  Draft draft;
};

/// By response key, at the first place that has it: what the position is like, by its path.
std::string like(const Draft& draft, std::string_view response_key) {
  for (size_t i = 0; i < draft.positions.size(); ++i) {
    if (draft.plan.positions[PositionId(i)].response_key != response_key) continue;
    return position_path(draft.supergraph, draft.plan, draft.positions[PositionId(i)].like);
  }
  return "nothing";
}

TEST(Positions, AreAlikeByTheirFieldsAndLandings) {
  const auto hard = load_supergraph(testing::hard_supergraph());
  ASSERT_TRUE(hard);
  Drafting same(*hard, "{ node { a: f0 { x: f1 { id } } b: f0 { y: f1 { z: id } } c: f0 { w: f1 { f0 { id } } } } }");
  build_positions(same.draft, same.document);
  ASSERT_FALSE(same.draft.error);
  EXPECT_EQ(like(same.draft, "a"), "node.a");
  EXPECT_EQ(like(same.draft, "b"), "node.a");
  EXPECT_EQ(like(same.draft, "y"), "node.a.x");
  EXPECT_EQ(like(same.draft, "c"), "node.c");  // has more below
  EXPECT_EQ(like(same.draft, "w"), "node.c.w");

  Drafting elsewhere(*hard, "{ node { a: f0 { id } b: f1 { id } } }");  // other subgraphs have f1
  build_positions(elsewhere.draft, elsewhere.document);
  EXPECT_EQ(like(elsewhere.draft, "b"), "node.b");
}

/// The plan of `text`, or why there is none; with each position searched for itself unless `alike`.
std::string planned(const Supergraph& supergraph, const std::string& text, bool alike) {
  Drafting made(supergraph, text);
  Draft& draft = made.draft;
  draft.plan.type = made.operation.type;
  build_positions(draft, made.document);
  for (size_t i = 0; i < draft.positions.size() && !alike; ++i) draft.positions[PositionId(i)].like = PositionId(i);
  for (size_t i = 0; i < draft.cases.size() && !alike; ++i) draft.cases[CaseId(i)].like = CaseId(i);
  if (!draft.error) choose_states(draft);
  if (!draft.error) emit_fetches(draft);
  if (!draft.error) write_selections(draft);
  if (!draft.error) make_requests(draft, made.document);
  return draft.error ? draft.error->message : print_plan(supergraph, draft.plan, true);
}

TEST(Positions, WhatIsAlikeIsPlannedAsIfItWereNot) {
  for (const std::string& graph : testing::golden_graphs()) {
    const auto supergraph = load_supergraph(testing::golden_supergraph(graph));
    ASSERT_TRUE(supergraph);
    for (const testing::GoldenOperation& each : testing::golden_operations(graph)) {
      EXPECT_EQ(planned(*supergraph, each.operation, true), planned(*supergraph, each.operation, false)) << each.file;
    }
  }
  const auto hard = load_supergraph(testing::hard_supergraph());
  ASSERT_TRUE(hard);
  EXPECT_EQ(planned(*hard, testing::hard_operation(), true), planned(*hard, testing::hard_operation(), false));
}

}  // namespace
}  // namespace signet::federation
