#include "router/policy/operation_limits.hpp"

#include <fmt/format.h>

namespace signet::policy {
namespace {

using config::Limit;
using config::LimitMode;

// For limits that are not enforced: high enough for any honest operation, low enough for the parser's stack and memory.
constexpr uint32_t kRecursionCeiling = 500;
constexpr uint32_t kCountCeiling = 1'000'000;

uint32_t parser_limit(const Limit& limit, uint32_t ceiling) {
  return limit.mode == LimitMode::enforce ? static_cast<uint32_t>(std::min<uint64_t>(limit.max, ceiling)) : ceiling;
}

std::optional<Exceeded> check(std::string_view name, ErrorCode code, const Limit& limit, uint64_t measured) {
  if (limit.mode == LimitMode::off || measured <= limit.max) return std::nullopt;
  return Exceeded{name, code, measured, limit.max, limit.mode == LimitMode::enforce};
}

}  // namespace

graphql::ParseLimits parse_limits(const config::Limits& limits) {
  return {.tokens_max = parser_limit(limits.tokens, kCountCeiling),
          .recursion_max = parser_limit(limits.recursion, kRecursionCeiling),
          .fields_max = parser_limit(limits.fields, kCountCeiling)};
}

std::optional<Exceeded> check_document_size(const config::Limits& limits, size_t document_bytes) {
  return check("document", ErrorCode::MAX_DOCUMENT_LIMIT, limits.document, document_bytes);
}

std::vector<Exceeded> check_operation(const config::Limits& limits, const operation::OperationMeasures& measures,
                                      const graphql::Document& document, std::string_view operation_name) {
  std::vector<Exceeded> exceeded;
  auto add = [&](std::string_view name, ErrorCode code, const Limit& limit, uint64_t measured) {
    if (auto found = check(name, code, limit, measured)) exceeded.push_back(*found);
  };
  add("depth", ErrorCode::MAX_DEPTH_LIMIT, limits.depth, measures.depth);
  add("height", ErrorCode::MAX_HEIGHT_LIMIT, limits.height, measures.height);
  add("aliases", ErrorCode::MAX_ALIASES_LIMIT, limits.aliases, measures.aliases);
  add("root_fields", ErrorCode::MAX_ROOT_FIELDS_LIMIT, limits.root_fields, measures.root_fields);
  add("directives", ErrorCode::MAX_DIRECTIVES_LIMIT, limits.directives, measures.directives);
  add("directives_per_location", ErrorCode::MAX_DIRECTIVES_LIMIT, limits.directives_per_location,
      measures.directives_at_one_location);
  add("tokens", ErrorCode::MAX_TOKENS_LIMIT, limits.tokens, document.token_count);
  add("expanded_selections", ErrorCode::MAX_SELECTIONS_LIMIT, limits.expanded_selections, measures.expanded_selections);
  add("operation_name", ErrorCode::MAX_OPERATION_NAME_LIMIT, limits.operation_name, operation_name.size());
  return exceeded;
}

Error to_error(const Exceeded& exceeded) {
  return {exceeded.code, fmt::format("the operation has {0} {1}, the limit is {2} (limits.{0})", exceeded.name,
                                     exceeded.measured, exceeded.max)};
}

}  // namespace signet::policy
