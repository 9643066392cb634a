// Text to syntax tree. Depth-counted: nesting beyond `recursion_max` is an error, never a stack overflow.
// Spec: https://spec.graphql.org/September2025/#sec-Document-Syntax
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "router/base/error.hpp"
#include "router/graphql/ast.hpp"

namespace signet::graphql {

struct ParseLimits {
  uint32_t tokens_max = 15'000;
  uint32_t recursion_max = 200;
  uint32_t fields_max = 3'500;  ///< fields in executable documents
};

/// For documents that a gate has verified: type systems of any size.
inline constexpr ParseLimits kTrustedLimits{.tokens_max = UINT32_MAX, .recursion_max = 200, .fields_max = UINT32_MAX};

struct SyntaxError {
  ErrorCode code = ErrorCode::GRAPHQL_PARSE_FAILED;  ///< or MAX_TOKENS_LIMIT, MAX_RECURSION_LIMIT, MAX_FIELDS_LIMIT
  std::string message;                               ///< "syntax error: expected name, found \"{\""
  Position position;
};

/// Operations and fragments only.
std::expected<Document, SyntaxError> parse_executable(std::string_view source, const ParseLimits& limits = {});

/// Type system definitions and extensions only.
std::expected<Document, SyntaxError> parse_type_system(std::string_view source,
                                                       const ParseLimits& limits = kTrustedLimits);

struct ParsedFieldSet {
  Document document;
  SelectionId first_selection;
};

/// A field set of federation's `@key`, `@requires`, `@provides`: selections without the outer braces.
std::expected<ParsedFieldSet, SyntaxError> parse_field_set(std::string_view source,
                                                           const ParseLimits& limits = kTrustedLimits);

}  // namespace signet::graphql
