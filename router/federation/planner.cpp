#include "router/federation/planner.hpp"

#include <fmt/format.h>

#include "router/federation/passes/draft.hpp"
#include "router/federation/plan_verify.hpp"

namespace signet::federation {

std::expected<std::shared_ptr<const Plan>, operation::DocumentError> plan(
    const Supergraph& supergraph, const graphql::Document& document, const operation::NormalizedOperation& operation) {
  if (operation.type == operation::OperationType::subscription) {
    return std::unexpected(operation::DocumentError{
        .code = ErrorCode::SUBSCRIPTIONS_NOT_SUPPORTED, .message = "subscriptions are not supported", .positions = {}});
  }
  Draft draft(supergraph, operation);
  draft.plan.type = operation.type;
  build_positions(draft, document);
  if (!draft.error) choose_states(draft);
  if (!draft.error) emit_fetches(draft);
  if (!draft.error) write_selections(draft);
  if (!draft.error) make_requests(draft, document);
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
