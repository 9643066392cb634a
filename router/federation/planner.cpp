#include "router/federation/planner.hpp"

#include <fmt/format.h>

#include "router/base/check.hpp"
#include "router/federation/passes/draft.hpp"
#include "router/federation/plan_verify.hpp"
#include "router/graphql/parser.hpp"

namespace signet::federation {

namespace {

/// Introspection is answered from the schema while the answer is written, so its selections have to outlive the
/// client's document: the plan keeps a copy of its own.
void keep_introspection(Draft& draft, const graphql::Document& document, graphql::OperationId operation_id) {
  const auto asks = [](const OutputField& field) { return field.kind == OutputField::Kind::introspection; };
  bool any = false;
  for (const PositionCase& each : draft.plan.cases) {
    for (const OutputField& field : each.output) any = any || asks(field);
  }
  if (!any) return;
  auto copy = graphql::parse_executable(document.source(), graphql::kTrustedLimits);
  if (SIGNET_BUG(!copy)) {
    draft.fail(ErrorCode::PLAN_FAILED, "the document cannot be parsed again");
    return;
  }
  draft.plan.introspection = std::make_shared<const graphql::Document>(std::move(*copy));
  draft.plan.introspection_operation = operation_id;
}

}  // namespace

std::expected<std::shared_ptr<const Plan>, operation::DocumentError> plan(
    const Supergraph& supergraph, const graphql::Document& document, graphql::OperationId operation_id,
    const operation::NormalizedOperation& operation) {
  if (operation.type == operation::OperationType::subscription) {
    return std::unexpected(operation::DocumentError{
        .code = ErrorCode::SUBSCRIPTIONS_NOT_SUPPORTED, .message = "subscriptions are not supported", .positions = {}});
  }
  Draft draft(supergraph, operation);
  draft.plan.type = operation.type;
  for (const operation::Variable& variable : operation.variables) draft.plan.variable_names.emplace_back(variable.name);
  build_positions(draft);
  if (!draft.error) choose_states(draft);
  if (!draft.error) emit_fetches(draft);
  if (!draft.error) write_documents(draft, document);
  if (!draft.error) keep_introspection(draft, document, operation_id);
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
