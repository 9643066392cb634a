// A supergraph as the planner needs it: the schema, the subgraphs, the facts of the join spec, and the query graph.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "router/federation/field_set.hpp"
#include "router/federation/model.hpp"
#include "router/graphql/ast.hpp"
#include "router/schema/schema.hpp"

namespace signet::federation {

struct Subgraph {
  std::string enum_id;  ///< value of join__Graph
  std::string name;
  std::string url;
};

/// `@join__type`, one for each key.
struct JoinType {
  TypeId type;
  SubgraphId subgraph;
  FieldSetId key;  ///< invalid: no key
  bool resolvable = true;
};

/// `@join__field`. A field without any belongs to every subgraph of its type.
struct JoinField {
  FieldId field;
  SubgraphId subgraph;
  std::string_view local_type;  ///< `type:`; empty: as in the supergraph
  std::string_view requires_set, provides_set;
  bool external = false;
  bool used_overridden = false;
  uint32_t offset = 0;  ///< in the SDL
};

/// Lifetime: owns everything; states and ids are meaningful for this supergraph only.
/// Threads: immutable once loaded; any number of readers.
struct Supergraph {
  schema::Schema schema;
  IdVector<SubgraphId, Subgraph> subgraphs;
  std::vector<JoinType> join_types;    ///< by TypeId, then as written
  std::vector<JoinField> join_fields;  ///< by FieldId, then as written
  Model model;

  /// The subgraph called `name`, or an invalid id.
  SubgraphId find_subgraph(std::string_view name) const;
};

/// One reason why a supergraph cannot be loaded.
struct LoadError {
  std::string message;
  graphql::Position position;  ///< line 0 where no place can be named
};

/// Reads a composed supergraph SDL. What this router does not implement is refused here, by name, as far as it can be
/// known without an operation; every accessible field is proven reachable.
/// Errors: all that were found, in source order.
std::expected<Supergraph, std::vector<LoadError>> load_supergraph(std::string_view sdl);

}  // namespace signet::federation
