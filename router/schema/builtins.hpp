// Definitions that every schema has: scalars, directives and the introspection types. Internal to router/schema.
#pragma once

#include <span>
#include <string_view>

namespace signet::schema {

struct Builtin {
  std::string_view name;
  bool directive = false;
  std::string_view sdl;
};

/// Spec: https://spec.graphql.org/September2025/#sec-Scalars.Built-in-Scalars,
/// #sec-Type-System.Directives.Built-in-Directives, #sec-Schema-Introspection.Schema-Introspection-Schema
std::span<const Builtin> builtins();

bool is_builtin_scalar(std::string_view name);

}  // namespace signet::schema
