#include "router/policy/response_status.hpp"

#include <gtest/gtest.h>

namespace signet::policy {
namespace {

using config::StatusPolicy;
using http::ResponseType;

// The tables of http-contract.md, "GraphQL over HTTP".
TEST(ResponseStatus, EveryRow) {
  struct Row {
    ErrorCode code;
    int modern, legacy, draft;
  };
  for (const Row& row :
       {Row{ErrorCode::BAD_REQUEST, 400, 400, 400}, Row{ErrorCode::GRAPHQL_PARSE_FAILED, 400, 200, 400},
        Row{ErrorCode::GRAPHQL_VALIDATION_FAILED, 400, 200, 422}, Row{ErrorCode::BAD_USER_INPUT, 400, 200, 422},
        Row{ErrorCode::OPERATION_RESOLUTION_FAILURE, 400, 200, 422}, Row{ErrorCode::MAX_DEPTH_LIMIT, 400, 400, 400},
        Row{ErrorCode::NO_GRAPH, 503, 503, 503}}) {
    const std::string_view name = info(row.code).name;
    EXPECT_EQ(status_of_error(row.code, StatusPolicy::audit, ResponseType::graphql_response), row.modern) << name;
    EXPECT_EQ(status_of_error(row.code, StatusPolicy::audit, ResponseType::json), row.legacy) << name;
    EXPECT_EQ(status_of_error(row.code, StatusPolicy::draft_2026_08, ResponseType::json), row.draft) << name;
  }
  EXPECT_EQ(status_of_result(false, StatusPolicy::draft_2026_08), 200);
  EXPECT_EQ(status_of_result(true, StatusPolicy::draft_2026_08), 294);
  EXPECT_EQ(status_of_result(true, StatusPolicy::audit), 200);
}

}  // namespace
}  // namespace signet::policy
