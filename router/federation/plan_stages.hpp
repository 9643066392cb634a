// What the planner has after each of its passes, for `signet plan --stage` and for whoever wants to know why a plan is
// as it is.
#pragma once

#include <array>
#include <expected>
#include <optional>
#include <string_view>

#include "router/federation/planner.hpp"
#include "router/json/outline.hpp"

namespace signet::federation {

/// The passes, in their order; passes/draft.hpp says what each does.
enum class PlanStage : uint8_t { positions, states, fetches, selections, requests };
inline constexpr std::array kPlanStages = {PlanStage::positions, PlanStage::states, PlanStage::fetches,
                                           PlanStage::selections, PlanStage::requests};

/// "positions" and so on.
std::string_view stage_name(PlanStage stage);

/// The draft after `stage`, as an outline that is the same in every process:
/// - positions: each `position` with its path, type and the states in which its objects could arrive, and its `case`s;
/// - states: for each case and each set of states that was considered to arrive there, or at a position like its own:
///   the `choice`, what it costs and opens;
/// - fetches: each `fetch` with what it depends on and the `slot`s that it fills;
/// - selections: each `fetch` with the GraphQL text of what it selects;
/// - requests: each `request` with its stage, its document and its fetches.
/// Errors: as plan().
std::expected<json::Outline, operation::DocumentError> plan_stage(const Supergraph& supergraph,
                                                                  const graphql::Document& document,
                                                                  const operation::NormalizedOperation& operation,
                                                                  PlanStage stage);

}  // namespace signet::federation
