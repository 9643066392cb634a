// The edge checks of a GraphQL request, in the one order of docs/http.md: what is decided by the head alone.
//
// host → path → method → CORS → Accept → CSRF → media type → a graph is loaded
#pragma once

#include <optional>
#include <string>

#include "router/app/snapshot.hpp"
#include "router/http/negotiation.hpp"
#include "router/net/http_server.hpp"

namespace signet::app {

/// What the edge decided about an admitted request.
struct EdgeDecision {
  std::string cors_fields;  ///< go onto whatever is answered
  http::ResponseType response_type = http::ResponseType::json;
};

/// An answer that refuses a head. No code: it is no error (a preflight).
struct EdgeRefusal {
  std::optional<ErrorCode> code;
  net::ServerResponse response;
};

class Edge {
 public:
  explicit Edge(const Snapshot& snapshot) : snapshot_(snapshot) {}

  /// The decision for an admitted head, computed again for its body.
  EdgeDecision decide(const net::ServerRequest& head) const;
  /// The answer that refuses the head, or nothing.
  std::optional<EdgeRefusal> refuse(const net::ServerRequest& head) const;
  /// An error answer with the CORS and type fields of this request.
  net::ServerResponse error(const net::ServerRequest* head, int status, const Error& error) const;

 private:
  EdgeRefusal refusal(const net::ServerRequest& head, ErrorCode code, std::string message) const;
  std::optional<EdgeRefusal> refuse_method(const net::ServerRequest& head) const;
  std::optional<EdgeRefusal> refuse_media_type(const net::ServerRequest& head, const http::Headers& headers) const;
  http::Headers relevant_headers(const net::ServerRequest& head) const;

  const Snapshot& snapshot_;
};

/// The path of a request target, without query; of an absolute target, too.
std::string_view path_of(std::string_view target);
/// What follows `?`; empty when nothing does.
std::string_view query_of(std::string_view target);

}  // namespace signet::app
