// What the directives of the join specification say, read into flat arrays before anything is concluded from it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/federation/link_specs.hpp"
#include "router/federation/supergraph.hpp"

namespace signet::federation {

/// `@join__type` as written.
struct JoinTypeLine {
  TypeId type;
  SubgraphId subgraph;
  std::string_view key;  ///< empty: none
  bool resolvable = true;
  uint32_t offset = 0;
};

/// `@join__field`. A field without any belongs to every subgraph of its type.
struct JoinField {
  FieldId field;
  SubgraphId subgraph;
  std::string_view local_type;             ///< `type:`; empty: as in the supergraph
  std::string requires_set, provides_set;  ///< empty: none
  bool external = false;
  bool used_overridden = false;
  uint32_t offset = 0;  ///< in the SDL
};

struct JoinFacts {
  IdVector<SubgraphId, Subgraph> subgraphs;
  std::vector<JoinTypeLine> types;
  std::vector<JoinField> fields;
  bool tells_externals = true;  ///< join v0.1 has no lines for fields that a subgraph declares and does not resolve
  std::vector<std::vector<SubgraphId>> subgraphs_of;  ///< by TypeId, ascending, each once
  /// Object types of an interface or union in one subgraph, ascending.
  std::map<std::pair<TypeId, SubgraphId>, std::vector<TypeId>> members;

  /// The object types that `type` can be in `subgraph`.
  std::vector<TypeId> possible(SubgraphId subgraph, TypeId type) const;
  bool joined(TypeId type, SubgraphId subgraph) const;
};

/// Reads the join facts of `document`, whatever version of join it links; constructs that the planner does not
/// implement, and lines that contradict each other, go to `errors`.
JoinFacts read_join_facts(const graphql::Document& document, const schema::Schema& schema, const LinkSpecs& specs,
                          std::vector<LoadError>& errors);

}  // namespace signet::federation
