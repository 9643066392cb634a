// Definitions that every schema has: scalars, directives and the introspection types. Internal to router/schema.
#pragma once

#include <string>

#include "router/graphql/ast.hpp"

namespace signet::schema {

/// The source of `document` with those built-in definitions behind it that it lacks. Ids of what the caller wrote stay
/// the same, because the parser numbers nodes in the order of the text.
/// Spec: https://spec.graphql.org/September2025/#sec-Scalars.Built-in-Scalars,
/// #sec-Type-System.Directives.Built-in-Directives, #sec-Schema-Introspection.Schema-Introspection-Schema
std::string with_builtins(const graphql::Document& document);

}  // namespace signet::schema
