#include "router/policy/response_status.hpp"

namespace signet::policy {
namespace {

// Errors about the document or its variables, as opposed to the request that carries it.
enum class Stage { request, syntax, document };

Stage stage_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::GRAPHQL_PARSE_FAILED:
      return Stage::syntax;
    case ErrorCode::GRAPHQL_VALIDATION_FAILED:
    case ErrorCode::BAD_USER_INPUT:
    case ErrorCode::OPERATION_RESOLUTION_FAILURE:
      return Stage::document;
    default:
      return Stage::request;
  }
}

}  // namespace

int status_of_error(ErrorCode code, config::StatusPolicy policy, http::ResponseType type) {
  const Stage stage = stage_of(code);
  if (policy == config::StatusPolicy::draft_2026_08) return stage == Stage::document ? 422 : info(code).http_status;
  if (stage != Stage::request && type == http::ResponseType::json) return 200;
  return info(code).http_status;
}

int status_of_result(bool errors_present, config::StatusPolicy policy) {
  return errors_present && policy == config::StatusPolicy::draft_2026_08 ? 294 : 200;
}

}  // namespace signet::policy
