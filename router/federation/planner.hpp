// Operation to plan: positions, then states to open, then fetches (federation-engine.md §3.6, one file a pass).
#pragma once

#include <expected>
#include <memory>

#include "router/federation/plan.hpp"
#include "router/federation/supergraph.hpp"
#include "router/operation/operation.hpp"
#include "router/operation/prepare.hpp"

namespace signet::federation {

/// Plans one normalised operation of `document`. The result borrows nothing from `document` or `operation`.
/// Errors: UNSUPPORTED_OPERATION naming the construct; PLAN_FAILED when a field cannot be reached; MAX_DEPTH_LIMIT.
/// Cost: linear in the selections for ordinary graphs; the search is capped and then continues greedily.
/// Threads: any number at once on one supergraph.
std::expected<std::shared_ptr<const Plan>, operation::DocumentError> plan(
    const Supergraph& supergraph, const graphql::Document& document, const operation::NormalizedOperation& operation);

}  // namespace signet::federation
