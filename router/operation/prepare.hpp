// Document to prepared operation: the stages that depend only on the text, the schema and the operation's name.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>
#include <vector>

#include "router/base/error.hpp"
#include "router/graphql/ast.hpp"
#include "router/operation/operation.hpp"
#include "router/schema/schema.hpp"

namespace signet::operation {

/// An error about the document, as the client sees it.
struct DocumentError {
  ErrorCode code = ErrorCode::GRAPHQL_VALIDATION_FAILED;
  std::string message;
  std::vector<graphql::Position> positions;
};

/// The validation rules of the specification against what clients can see, at most limits::kValidationErrorsMax errors.
/// Empty: valid. Spec: https://spec.graphql.org/September2025/#sec-Validation
std::vector<DocumentError> validate(const graphql::Document& document, const schema::Schema& schema);

/// GetOperation(): `name` empty means the only operation. Errors: OPERATION_RESOLUTION_FAILURE.
std::expected<graphql::OperationId, DocumentError> select_operation(const graphql::Document& document,
                                                                    std::string_view name);

/// The variables whose values decide @skip and @include, in order of first use: bit i of a condition mask is the value
/// of conditions[i]. Errors: UNSUPPORTED_OPERATION when there are more than 32.
std::expected<std::vector<std::string_view>, DocumentError> condition_variables(const graphql::Document& document,
                                                                                graphql::OperationId operation);

/// Normalises one operation of a *valid* document for one outcome of its conditions.
/// Errors: MAX_SELECTIONS_LIMIT when the expanded tree exceeds `expanded_selections_max`.
std::expected<NormalizedOperation, DocumentError> normalize(const graphql::Document& document,
                                                            const schema::Schema& schema,
                                                            graphql::OperationId operation, uint32_t condition_mask,
                                                            size_t expanded_selections_max = 100'000);

}  // namespace signet::operation
