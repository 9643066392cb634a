// A plan as stable text, for people, for `signet plan` and for golden tests.
#pragma once

#include <string>

#include "router/federation/plan.hpp"

namespace signet::federation {

/// Stages, requests and their fetches, then the projection. `documents` adds the GraphQL text of each request.
std::string print_plan(const Supergraph& supergraph, const Plan& plan, bool documents = false);

/// Where a position is: "users[].reviews[]", `~` before what only a representation needs, "" for the root.
std::string position_path(const Supergraph& supergraph, const Plan& plan, PositionId position);

}  // namespace signet::federation
