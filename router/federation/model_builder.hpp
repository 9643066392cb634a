// Join facts to query graph.
#pragma once

#include <string>
#include <vector>

#include "router/federation/join_facts.hpp"
#include "router/federation/model.hpp"

namespace signet::federation {

/// Builds states, edges, jumps and views; `reach` stays empty.
/// Errors: field sets and `type:` texts that do not fit the schema, appended to `errors`.
Model build_model(const schema::Schema& schema, const JoinFacts& facts, std::vector<LoadError>& errors);

}  // namespace signet::federation
