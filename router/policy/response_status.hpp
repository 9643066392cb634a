// Which HTTP status an answer gets: the two tables of docs/http.md.
// Spec: GraphQL over HTTP, working draft of 2026-08 for `draft-2026-08`
#pragma once

#include "config-schema/config.hpp"
#include "router/base/error.hpp"
#include "router/http/negotiation.hpp"

namespace signet::policy {

/// The status for a request that failed with `code` before execution.
int status_of_error(ErrorCode code, config::StatusPolicy policy, http::ResponseType type);

/// The status of an executed operation: its answer has `data`, even if that is null.
int status_of_result(bool errors_present, config::StatusPolicy policy);

}  // namespace signet::policy
