// What clients may not see: the difference between the router's schema and the one for clients.
#pragma once

#include <string>
#include <unordered_set>

#include "router/cosmo/messages.hpp"
#include "router/graphql/ast.hpp"

namespace signet::cosmo {

/// Schema coordinates as the specification writes them: `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`,
/// `@directive`.
/// Spec: https://spec.graphql.org/September2025/#sec-Schema-Coordinates
using Coordinates = std::unordered_set<std::string>;

/// What `full` has and `client` does not. A difference that hiding cannot make (another type of a field, a member of a
/// union that is left out though its type stays, something that `full` lacks) goes to `problems`.
Coordinates hidden_from_clients(const graphql::Document& full, const graphql::Document& client, Problems& problems);

}  // namespace signet::cosmo
