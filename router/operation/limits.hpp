// How big an operation is once its fragments are expanded, without expanding them. Safe for documents that have not
// been validated: unknown fragments count nothing, and a fragment that spreads itself counts nothing the second time.
#pragma once

#include <cstdint>

#include "router/graphql/ast.hpp"

namespace signet::operation {

/// All counts saturate at UINT64_MAX.
struct OperationMeasures {
  uint64_t depth = 0;   ///< nesting of selection sets; a root field has depth 1
  uint64_t height = 0;  ///< distinct fields of merged selection sets; a field under several aliases counts once
  uint64_t aliases = 0;
  uint64_t root_fields = 0;
  uint64_t directives = 0;                  ///< on the operation, its variables, its selections and its fragments
  uint64_t directives_at_one_location = 0;  ///< the most at one place
  uint64_t expanded_selections = 0;         ///< fields
};

/// Cost: linear in the document, but for the height, whose work is bounded: it is UINT64_MAX when fragments combine in
/// too many ways to count.
OperationMeasures measure(const graphql::Document& document, graphql::OperationId operation);

/// OperationMeasures::expanded_selections alone. Cost: linear in the document.
uint64_t expanded_selections(const graphql::Document& document, graphql::OperationId operation);

/// True when the operation, or any fragment it reaches, selects `__schema` or `__type` anywhere.
bool introspection_used(const graphql::Document& document, graphql::OperationId operation);

}  // namespace signet::operation
