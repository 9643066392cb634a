// Where the types of the router's schema are declared: in which subgraphs, and how.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "router/cosmo/execution_config.hpp"

namespace signet::cosmo {

/// The names of a schema's root types, as it says or by default; empty: no such type.
struct RootTypes {
  std::string_view query, mutation, subscription;
};

RootTypes root_types(const graphql::Document& document);

/// A type of one subgraph's own schema.
struct Declaration {
  size_t source = 0;  ///< index into ExecutionConfig::sources
  const graphql::TypeDefinition* type = nullptr;
};

/// Lifetime: borrows the config.
class Declarations {
 public:
  /// Root types are found under their names in the router's schema. Contradictions go to `problems`.
  Declarations(const ExecutionConfig& config, Problems& problems);

  /// By the order of the sources; none for a type that no subgraph has.
  const std::vector<Declaration>& of(std::string_view type) const;
  /// What the router calls the type `name` of a source: the same, except for root types.
  std::string_view routers_name(size_t source, std::string_view name) const;

 private:
  void add(size_t source, const graphql::TypeDefinition& type, Problems& problems);

  const ExecutionConfig& config_;
  RootTypes roots_;
  std::vector<RootTypes> own_roots_;  ///< by source
  std::unordered_map<std::string_view, std::vector<Declaration>> types_;
  std::unordered_map<std::string_view, graphql::TypeKind> kinds_;
};

}  // namespace signet::cosmo
