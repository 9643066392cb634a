// What join v0.1 and v0.2 leave unsaid, said as later versions say it, so that nothing after this knows of versions.
// Specs: https://specs.apollo.dev/join/v0.1 (owners and value types), https://specs.apollo.dev/join/v0.2
#pragma once

#include <vector>

#include "router/federation/join_facts.hpp"

namespace signet::federation {

/// What only join v0.1 says.
struct Ownership {
  std::vector<SubgraphId> owners;  ///< by TypeId: of `@join__owner`; invalid for value types
  std::vector<JoinField> unbound;  ///< lines of `@join__field` without graph
};

/// Completes `facts` of a v0.1 supergraph: fields without a graph belong to the owner of their type; each subgraph can
/// resolve the key it declares; value types are in every subgraph where a field leads to them.
/// Errors: owners that are not joined and root fields without a graph, appended to `errors`.
void complete_ownership(const graphql::Document& document, const schema::Schema& schema, const Ownership& ownership,
                        JoinFacts& facts, std::vector<LoadError>& errors);

/// Before v0.3 no line says which members a union has in a subgraph: it has those that the subgraph knows.
void complete_union_members(const schema::Schema& schema, JoinFacts& facts);

}  // namespace signet::federation
