// A supergraph as the planner needs it: the schema, the subgraphs, and the query graph.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "router/federation/model.hpp"
#include "router/graphql/ast.hpp"
#include "router/schema/schema.hpp"

namespace signet::federation {

struct Subgraph {
  std::string enum_id;  ///< value of join__Graph
  std::string name;
  std::string url;
};

/// Lifetime: owns everything; states and ids are meaningful for this supergraph only.
/// Threads: immutable once loaded; any number of readers.
struct Supergraph {
  schema::Schema schema;
  IdVector<SubgraphId, Subgraph> subgraphs;
  Model model;

  /// The subgraph called `name`, or an invalid id.
  SubgraphId find_subgraph(std::string_view name) const;
};

/// One reason why a supergraph cannot be loaded.
struct LoadError {
  std::string message;
  graphql::Position position;  ///< line 0 where no place can be named
};

/// Reads a composed graph: a supergraph SDL, or a Cosmo execution config, which starts with `{`. What this router does
/// not implement is refused here, by name, as far as it can be known without an operation; every accessible field is
/// proven reachable.
/// Errors: all that were found, in source order. Those of a config name its member in the message, and no line.
std::expected<Supergraph, std::vector<LoadError>> load_supergraph(std::string_view graph);

/// The schema alone, with what clients may not see marked: what load_supergraph() begins with. Whether it can be
/// planned over is not looked at. Errors: as load_supergraph().
std::expected<schema::Schema, std::vector<LoadError>> load_schema(std::string_view graph);

}  // namespace signet::federation
