// The proof at load that every field a client can ask for can be fetched, wherever an object may come from.
#pragma once

#include <string>
#include <vector>

#include "router/federation/supergraph.hpp"

namespace signet::federation {

/// Walks all sets of states in which an object can arrive, from the roots on. Each message names a field that cannot be
/// reached, one path on which that happens, and for each subgraph that has it what is missing on the way there; at most
/// `messages_max`.
/// Cost: linear in the distinct sets; beyond a fixed number of them the walk stops and the planner reports instead.
std::vector<std::string> check_reachable(const Supergraph& supergraph, size_t messages_max = 20);

}  // namespace signet::federation
