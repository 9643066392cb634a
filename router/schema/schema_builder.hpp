// Syntax tree to Schema, with the type-system rules of the specification checked.
// Spec: https://spec.graphql.org/September2025/#sec-Type-System
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "router/schema/schema.hpp"

namespace signet::schema {

/// One thing wrong with a type system, with its place in the SDL.
struct SchemaError {
  std::string message;
  graphql::Position position;
};

struct BuildOptions {
  /// True for definitions of types and directives that belong to federation's machinery (`join__*`, `link__*`, renamed
  /// specs): they are kept out of the client's view. Null: none.
  std::function<bool(std::string_view name)> is_machinery;
  /// Name of the directive that hides an element, without `@`: "inaccessible" unless `@link` renames it. Empty: none.
  std::string inaccessible_directive = "inaccessible";
};

/// Errors: all of them at once, in source order.
std::expected<Schema, std::vector<SchemaError>> build_schema(const graphql::Document& document,
                                                             const BuildOptions& options = {});

}  // namespace signet::schema
