// Variable values: from the client's JSON to what subgraphs get, by the specification.
// Spec: https://spec.graphql.org/September2025/#CoerceVariableValues()
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "router/operation/operation.hpp"
#include "router/operation/prepare.hpp"

namespace signet::operation {

/// The coerced value of one variable: JSON text, valid and in UTF-8. Numbers keep the client's spelling.
struct CoercedVariable {
  bool present = false;  ///< false: not given and no default; the variable is left out everywhere
  std::string json;
};

/// Indexed by VariableId of every NormalizedOperation of the same operation.
struct CoercedVariables {
  std::vector<CoercedVariable> values;
  const CoercedVariable& operator[](VariableId id) const { return values[id.value()]; }
};

/// Coerces `variables_json` (a JSON object, `null`, or empty for none) for `operation`.
/// Errors: BAD_USER_INPUT, one per offending variable, with the path into its value and never the value itself.
std::expected<CoercedVariables, std::vector<DocumentError>> coerce_variables(const graphql::Document& document,
                                                                             const schema::Schema& schema,
                                                                             graphql::OperationId operation,
                                                                             std::string_view variables_json);

/// The mask for normalize(): the values of `conditions` (Boolean variables) among the coerced ones.
/// Errors: BAD_USER_INPUT for a null, which a nullable variable may hold in spite of its default.
/// Spec: https://spec.graphql.org/September2025/#sec-All-Variable-Usages-Are-Allowed
std::expected<uint32_t, DocumentError> condition_mask(const std::vector<std::string_view>& conditions,
                                                      const graphql::Document& document, graphql::OperationId operation,
                                                      const CoercedVariables& variables);

}  // namespace signet::operation
