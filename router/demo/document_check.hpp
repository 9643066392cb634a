// The part of validation that keeps execution simple: every name in the document is one that the schema knows.
#pragma once

#include <optional>
#include <string>

#include "router/demo/subgraph_schema.hpp"

namespace signet::demo {

struct DocumentProblem {
  std::string message;
  uint32_t offset = 0;
};

/// Checks the operation and the fragments it uses: types, fields, arguments, fragments, variables, directives, and that
/// exactly composite fields have selections. Nothing: all is well.
std::optional<DocumentProblem> check_document(const SubgraphSchema& schema, const graphql::Document& document,
                                              const graphql::Operation& operation);

/// The fragment of that name, or null.
const graphql::Fragment* find_fragment(const graphql::Document& document, std::string_view name);

}  // namespace signet::demo
