// Input: variables and arguments, coerced to what the schema asks for.
// Spec: https://spec.graphql.org/September2025/#sec-Coercing-Variable-Values, #sec-Coercing-Field-Arguments
#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "router/demo/subgraph_schema.hpp"
#include "router/demo/value.hpp"
#include "router/json/document.hpp"

namespace signet::demo {

/// Without an entry: the variable was not given and has no default.
using Variables = std::map<std::string_view, Value>;

/// The values of an operation's variables. Errors: the first that is missing or does not fit its type.
std::expected<Variables, std::string> coerce_variables(const SubgraphSchema& schema, const graphql::Document& document,
                                                       const graphql::Operation& operation, const json::Document& body,
                                                       json::NodeId given);

/// A field's arguments with defaults filled in. Errors: as above.
std::expected<Object, std::string> coerce_arguments(const SubgraphSchema& schema, const graphql::Document& document,
                                                    const graphql::FieldDefinition& field, graphql::ArgumentId given,
                                                    const Variables& variables);

/// The value of a `Boolean!` argument of @skip or @include.
std::expected<bool, std::string> coerce_condition(const graphql::Document& document, graphql::ArgumentId given,
                                                  const Variables& variables);

}  // namespace signet::demo
