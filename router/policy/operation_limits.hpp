// Complexity limits: what one operation measures against what the operator allows, before any subgraph is asked.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "config-schema/config.hpp"
#include "router/base/error.hpp"
#include "router/graphql/parser.hpp"
#include "router/operation/limits.hpp"

namespace signet::policy {

/// One limit that an operation exceeds.
struct Exceeded {
  std::string_view name;  ///< as in the configuration: "depth"
  ErrorCode code;
  uint64_t measured = 0;
  uint64_t max = 0;
  bool enforced = false;
};

/// What the parser must not go beyond. Limits that are off or only measured fall back to ceilings that keep the process
/// safe.
graphql::ParseLimits parse_limits(const config::Limits& limits);

/// Longer than `limits.document`: measured before the text is parsed.
std::optional<Exceeded> check_document_size(const config::Limits& limits, size_t document_bytes);

/// Every limit exceeded, in the order of the configuration.
std::vector<Exceeded> check_operation(const config::Limits& limits, const operation::OperationMeasures& measures,
                                      const graphql::Document& document, std::string_view operation_name);

/// The error for the client: the measured value and the limit.
Error to_error(const Exceeded& exceeded);

}  // namespace signet::policy
