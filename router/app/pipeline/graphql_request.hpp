// A GraphQL request out of an HTTP request: the JSON body of a POST, or the query string of a GET.
// Spec: GraphQL over HTTP, sections Request and GET
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "router/base/error.hpp"

namespace signet::app {

struct GraphqlRequest {
  std::optional<std::string> query;
  std::string operation_name;
  std::string variables = "{}";             ///< JSON text of an object, or "null"
  std::optional<std::string> persisted_id;  ///< extensions.persistedQuery.sha256Hash, documentId or doc_id
};

/// Errors: BAD_REQUEST for what is not JSON or has a member of the wrong type.
std::expected<GraphqlRequest, Error> decode_post(std::string_view body);

/// `query_string` is what follows `?`, or empty. Errors: BAD_REQUEST.
std::expected<GraphqlRequest, Error> decode_get(std::string_view query_string);

}  // namespace signet::app
