// The `errors` of a subgraph's answer: their paths turned into the client's terms, their text masked unless shown.
#pragma once

#include <vector>

#include "router/execution/errors.hpp"
#include "router/execution/execution.hpp"

namespace signet::execution {

/// Reads `json`, the list of an answer's errors; data must have been read before, because the values
/// that errors explain are marked as failed. An error about an entity concerns every fetch that asked for it; one whose
/// path tells nothing concerns the whole request.
void read_subgraph_errors(const Plan& plan, const Settings& settings, RequestId request, const json::Document& json,
                          Store& store, std::vector<FetchError>& errors);

}  // namespace signet::execution
