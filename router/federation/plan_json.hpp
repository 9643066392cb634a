// A plan as JSON, for tools: stable, without hashes or addresses.
#pragma once

#include <string>

#include "router/federation/plan.hpp"

namespace signet::federation {

/// `{"type":"query","stages":[[REQUEST, …], …]}`; a REQUEST has `id`, `kind` (query, mutation, entities), `subgraph`,
/// `after` (ids of requests), `document`, and `fetches`: `id`, `path`, `dependencies` (ids of fetches) and, for
/// entities, `list`, `type`, `key`, `requires`.
std::string print_plan_json(const Supergraph& supergraph, const Plan& plan);

}  // namespace signet::federation
