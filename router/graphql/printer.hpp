// Syntax tree to text: one line, minimal but unambiguous spacing, every string escaped so that it stays one token.
#pragma once

#include <string>
#include <string_view>

#include "router/graphql/ast.hpp"

namespace signet::graphql {

/// Appends `text` as a GraphQL string with quotes: control characters, quotes and backslashes are escaped.
void append_string_literal(std::string& out, std::string_view text);

/// `[Product!]!`
std::string print_type(const Document& document, TypeRefId type);
/// `{where: [$id, "x"]}`
std::string print_value(const Document& document, ValueId value);
/// `first: 5, after: $after` without parentheses; empty for none.
std::string print_arguments(const Document& document, ArgumentId first);
/// As print_arguments(), with arguments and object fields sorted by name: equal arguments give equal text.
std::string print_canonical_arguments(const Document& document, ArgumentId first);
/// `@include(if: $a) @tag`; empty for none.
std::string print_directives(const Document& document, DirectiveId first);
/// `id name` without braces.
std::string print_selections(const Document& document, SelectionId first);
/// Operations, then fragments, one a line. Parsing the result gives an equal document.
std::string print_executable(const Document& document);

}  // namespace signet::graphql
