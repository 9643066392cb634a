#include "router/federation/planner.hpp"

#include <fmt/format.h>

#include "router/federation/passes/draft.hpp"
#include "router/federation/plan_verify.hpp"

namespace signet::federation {

void run_passes(Draft& draft, const graphql::Document& document, PlanStage last) {
  const operation::OperationType type = draft.operation.type;
  if (type == operation::OperationType::subscription) {
    return draft.fail(ErrorCode::SUBSCRIPTIONS_NOT_SUPPORTED, "subscriptions are not supported");
  }
  draft.plan.type = type;
  // The states of a mutation are chosen field by field, while its fetches are made.
  if (type == operation::OperationType::mutation && last == PlanStage::states) last = PlanStage::fetches;
  build_positions(draft, document);
  if (!draft.error && last >= PlanStage::states) choose_states(draft);
  if (!draft.error && last >= PlanStage::fetches) emit_fetches(draft);
  if (!draft.error && last >= PlanStage::selections) write_selections(draft);
  if (!draft.error && last >= PlanStage::requests) make_requests(draft, document);
}

std::expected<std::shared_ptr<const Plan>, operation::DocumentError> plan(
    const Supergraph& supergraph, const graphql::Document& document, const operation::NormalizedOperation& operation) {
  Draft draft(supergraph, operation);
  run_passes(draft, document, PlanStage::requests);
#ifdef SIGNET_CHECKED
  if (!draft.error) {
    const std::string problem = verify_plan(supergraph, draft.plan);
    if (!problem.empty()) draft.fail(ErrorCode::PLAN_FAILED, fmt::format("unsound plan: {}", problem));
  }
#endif
  if (draft.error) return std::unexpected(std::move(*draft.error));
  return std::make_shared<const Plan>(std::move(draft.plan));
}

}  // namespace signet::federation
