// SubgraphSchema: a subgraph's SDL, looked up by name, with the fields that federation adds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "router/graphql/ast.hpp"

namespace signet::demo {

class SubgraphSchema {
 public:
  /// Appends `_entities` for `entity_types` and `_service` to `sdl`.
  SubgraphSchema(std::string_view sdl, const std::vector<std::string_view>& entity_types);

  const graphql::Document& document() const { return document_; }
  /// Null when there is no such type; built-in scalars are not in the document either.
  const graphql::TypeDefinition* type(std::string_view name) const;
  const graphql::FieldDefinition* field(std::string_view type, std::string_view name) const;
  bool is_leaf(std::string_view type) const;
  /// True when a condition on `condition` holds for objects of `type`.
  bool applies(std::string_view condition, std::string_view type) const;
  /// True when some object may be of both types.
  bool overlaps(std::string_view a, std::string_view b) const;
  /// The name at the heart of `[Type!]!`.
  std::string_view named(graphql::TypeRefId type) const;
  /// Empty when the schema has no such root.
  std::string_view root(graphql::OperationType type) const;

 private:
  graphql::Document document_;
  std::unordered_map<std::string_view, graphql::TypeDefinitionId> types_;
  std::unordered_map<std::string, graphql::FieldDefinitionId> fields_;  // by "Type.field"
  std::unordered_map<std::string_view, std::unordered_set<std::string_view>> possible_;
};

}  // namespace signet::demo
