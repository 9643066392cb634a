// A plan as stable text, for people, for `signet plan` and for golden tests.
#pragma once

#include <string>

#include "router/federation/plan.hpp"

namespace signet::federation {

/// One line for each fetch, then the projection. `documents` adds the printed GraphQL of each fetch.
std::string print_plan(const Supergraph& supergraph, const Plan& plan, bool documents = false);

}  // namespace signet::federation
