// From text to plan, for tests of the planner and what comes after it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "router/federation/planner.hpp"
#include "router/federation/supergraph.hpp"
#include "router/graphql/parser.hpp"
#include "router/operation/coercion.hpp"
#include "router/operation/prepare.hpp"

namespace signet::testing {

struct Planned {
  std::shared_ptr<const federation::Plan> plan;
  operation::CoercedVariables variables;
  std::string error;  ///< "CODE: message" when there is no plan
};

inline std::string describe(const operation::DocumentError& error) {
  return std::string(info(error.code).name) + ": " + error.message;
}

/// The whole way of an operation, as the router takes it.
inline Planned plan_text(const federation::Supergraph& supergraph, std::string_view text,
                         std::string_view variables = {}, const graphql::ParseLimits& limits = {}) {
  Planned result;
  const auto document = graphql::parse_executable(text, limits);
  if (!document) {
    result.error = document.error().message;
    return result;
  }
  const auto errors = operation::validate(*document, supergraph.schema);
  if (!errors.empty()) {
    result.error = describe(errors.front());
    return result;
  }
  const auto id = operation::select_operation(*document, {});
  const auto conditions = operation::condition_variables(*document, *id);
  auto coerced = operation::coerce_variables(*document, supergraph.schema, *id, variables);
  if (!coerced) {
    result.error = describe(coerced.error().front());
    return result;
  }
  const auto mask = operation::condition_mask(*conditions, *document, *id, *coerced);
  if (!mask) {
    result.error = describe(mask.error());
    return result;
  }
  const auto normalized = operation::normalize(*document, supergraph.schema, *id, *mask);
  if (!normalized) {
    result.error = describe(normalized.error());
    return result;
  }
  auto plan = federation::plan(supergraph, *document, *normalized);
  if (plan) {
    result.plan = *plan;
    result.variables = std::move(*coerced);
  } else {
    result.error = describe(plan.error());
  }
  return result;
}

}  // namespace signet::testing
