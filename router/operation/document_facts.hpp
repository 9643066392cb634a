// Small facts about executable documents that several stages need. Internal to router/operation.
#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "router/base/keyed_hash.hpp"
#include "router/graphql/ast.hpp"
#include "router/schema/schema.hpp"

namespace signet::operation {

/// The type that `id` names, or nothing when it is unknown to clients or nests more lists than the schema can hold.
std::optional<schema::TypeRef> resolve_type(const graphql::Document& document, const schema::Schema& schema,
                                            graphql::TypeRefId id);

/// The first fragment of each name.
class FragmentIndex {
 public:
  explicit FragmentIndex(const graphql::Document& document);
  /// An invalid id when there is no fragment of that name.
  graphql::FragmentId find(std::string_view name) const;

 private:
  std::unordered_map<std::string_view, graphql::FragmentId, KeyedStringHash> by_name_;
};

/// A number for each response key of a document, from 0 on: fields of one key have one number.
class ResponseKeys {
 public:
  explicit ResponseKeys(const graphql::Document& document);
  uint32_t operator[](graphql::SelectionId field) const { return numbers_[field]; }
  size_t count() const { return count_; }

 private:
  IdVector<graphql::SelectionId, uint32_t> numbers_;
  size_t count_ = 0;
};

/// Calls `visit(const Selection&)` for each selection of a set and of the fields and inline fragments in it, in source
/// order; fragment spreads are not followed. Nesting in the call stack is that of the document's text.
template <class Visit>
void walk_selections(const graphql::Document& document, graphql::SelectionId first, Visit&& visit) {
  for (auto [id, selection] : document.each(first)) {
    visit(selection);
    walk_selections(document, selection.first_child, visit);
  }
}

/// Calls `visit(const Value&)` for each variable in a value.
template <class Visit>
void walk_variables(const graphql::Document& document, graphql::ValueId id, Visit&& visit) {
  const graphql::Value& value = document[id];
  if (value.kind == graphql::ValueKind::variable) visit(value);
  for (auto [item, unused] : document.each(value.first_item)) walk_variables(document, item, visit);
  for (auto [unused, field] : document.each(value.first_field)) walk_variables(document, field.value, visit);
}

/// The fragments that an operation reaches, each once, in the order of their first spread.
std::vector<graphql::FragmentId> reachable_fragments(const graphql::Document& document, const FragmentIndex& fragments,
                                                     graphql::SelectionId first);

/// Calls `visit(SelectionId first, DirectiveId directives)` for the operation and then each fragment it reaches.
template <class Visit>
void walk_definitions(const graphql::Document& document, const FragmentIndex& fragments, graphql::OperationId id,
                      Visit&& visit) {
  const graphql::Operation& operation = document[id];
  visit(operation.first_selection, operation.first_directive);
  for (graphql::FragmentId fragment : reachable_fragments(document, fragments, operation.first_selection)) {
    visit(document[fragment].first_selection, document[fragment].first_directive);
  }
}

}  // namespace signet::operation
