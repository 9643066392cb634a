#include "router/app/pipeline/edge.hpp"

#include <algorithm>

#include "router/app/pipeline/answer.hpp"
#include "router/http/media_type.hpp"
#include "router/policy/response_status.hpp"

namespace signet::app {

using net::ServerRequest;
using net::ServerResponse;

namespace {

constexpr std::string_view kAllow = "Allow: GET, POST, OPTIONS\r\n";
constexpr std::string_view kRetryAfter = "Retry-After: 1\r\n";

// A Host field without its port.
std::string_view host_name(std::string_view host) {
  const size_t bracket = host.find(']');
  const size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  return host.substr(0, colon);
}

}  // namespace

std::string_view path_of(std::string_view target) {
  if (const size_t scheme = target.find("://"); !target.starts_with('/') && scheme != std::string_view::npos) {
    const size_t slash = target.find_first_of("/?", scheme + 3);
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  return target.substr(0, target.find('?'));
}

std::string_view query_of(std::string_view target) {
  const size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

http::Headers Edge::relevant_headers(const ServerRequest& head) const {
  constexpr std::array<std::string_view, 5> kNames{"accept", "content-type", "content-encoding", "origin",
                                                   "sec-fetch-site"};
  const auto& csrf = snapshot_.settings->config.csrf.headers;
  http::Headers headers;
  for (const auto& [name, value] : head.fields) {
    const auto same = [&](std::string_view known) { return http::equals_ignoring_case(known, name); };
    if (std::ranges::any_of(kNames, same) || std::ranges::any_of(csrf, same)) headers.add(name, value);
  }
  return headers;
}

EdgeDecision Edge::decide(const ServerRequest& head) const {
  http::Headers accept;
  for (const auto& [name, value] : head.fields) {
    if (http::equals_ignoring_case(name, "accept")) accept.add(name, value);
  }
  return {.cors_fields = snapshot_.settings->cors.answer_fields(head.header("origin")),
          .response_type = http::negotiate_response_type(accept).value_or(http::ResponseType::json)};
}

ServerResponse Edge::error(const ServerRequest* head, int status, const Error& error) const {
  EdgeDecision decision;
  if (head != nullptr) decision = decide(*head);
  ServerResponse response{.status = status,
                          .fields = std::string(content_type_field(decision.response_type)) + decision.cors_fields,
                          .body = error_body(error),
                          .close = false};
  if (status == 405) response.fields += kAllow;
  if (status == 503 || status == 429) response.fields += kRetryAfter;
  return response;
}

EdgeRefusal Edge::refusal(const ServerRequest& head, ErrorCode code, std::string message) const {
  return {code, error(&head, info(code).http_status, {code, std::move(message)})};
}

std::optional<EdgeRefusal> Edge::refuse(const ServerRequest& head) const {
  const config::Config& config = snapshot_.settings->config;
  const auto& hosts = config.listen.allowed_hosts;
  if (!hosts.empty()) {
    const std::string_view host = host_name(head.header("host"));
    const auto same = [&](std::string_view allowed) { return http::equals_ignoring_case(allowed, host); };
    if (!std::ranges::any_of(hosts, same)) {
      return refusal(head, ErrorCode::MISDIRECTED_REQUEST, "this router does not serve the requested host");
    }
  }
  if (head.target != "*" && path_of(head.target) != config.listen.path) {
    return refusal(head, ErrorCode::NOT_FOUND, "there is nothing at this path");
  }
  if (auto response = refuse_method(head)) return response;
  const http::Headers headers = relevant_headers(head);
  if (!http::negotiate_response_type(headers)) {
    return refusal(head, ErrorCode::NOT_ACCEPTABLE,
                   "answers are application/json or application/graphql-response+json; Accept allows neither");
  }
  const bool origin_allowed = snapshot_.settings->cors.allows(headers.get("origin"));
  if (auto csrf = snapshot_.settings->csrf.check(headers, origin_allowed)) {
    return refusal(head, csrf->code, csrf->message);
  }
  if (auto response = refuse_media_type(head, headers)) return response;
  if (!snapshot_.ready()) {
    return refusal(head, ErrorCode::NO_GRAPH, "no verified and approved graph is loaded yet");
  }
  return std::nullopt;
}

std::optional<EdgeRefusal> Edge::refuse_method(const ServerRequest& head) const {
  if (head.method == http::Method::get || head.method == http::Method::post) return std::nullopt;
  if (head.method == http::Method::options) {
    const std::string_view origin = head.header("origin");
    ServerResponse response{.status = 204, .fields = std::string(kAllow), .body = {}, .close = false};
    response.fields += snapshot_.settings->cors.answer_fields(origin);
    if (head.count("access-control-request-method") > 0) {
      response.fields += snapshot_.settings->cors.preflight_fields(origin);
    }
    return EdgeRefusal{std::nullopt, std::move(response)};
  }
  return refusal(head, ErrorCode::METHOD_NOT_ALLOWED, "use POST, or GET for queries");
}

std::optional<EdgeRefusal> Edge::refuse_media_type(const ServerRequest& head, const http::Headers& headers) const {
  const auto unsupported = [&](std::string message) {
    return refusal(head, ErrorCode::UNSUPPORTED_MEDIA_TYPE, std::move(message));
  };
  const std::string_view coding = headers.get("content-encoding");
  if (!coding.empty() && !http::equals_ignoring_case(coding, "identity")) {
    return unsupported("compressed request bodies are not supported");
  }
  const auto type = http::content_type(headers);
  if (!type) {
    if (type.error() == http::ContentTypeProblem::absent && head.method == http::Method::get) return std::nullopt;
    return unsupported("send one Content-Type: application/json");
  }
  if (type->essence() != http::kJson) return unsupported("send Content-Type: application/json");
  if (!type->utf8()) return unsupported("send JSON in UTF-8");
  return std::nullopt;
}

}  // namespace signet::app
