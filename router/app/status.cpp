#include "router/app/status.hpp"

#include "router/app/pipeline/answer.hpp"
#include "router/app/pipeline/edge.hpp"
#include "router/json/writer.hpp"
#include "telemetry/export/prometheus.hpp"

namespace signet::app {

using net::ServerRequest;
using net::ServerResponse;

namespace {

ServerResponse problem_page(int status, ErrorCode code, std::string_view message) {
  return json_page(status, error_body(Error{code, std::string(message)}));
}

ServerResponse wrong_method(std::string_view allow) {
  ServerResponse response = problem_page(405, ErrorCode::METHOD_NOT_ALLOWED, "this page does not take that method");
  response.fields += "Allow: " + std::string(allow) + "\r\n";
  return response;
}

// An address or `localhost`, with or without port.
bool is_local_name(std::string_view host) {
  if (host.starts_with('[')) return true;
  const std::string_view name = host.substr(0, host.find(':'));
  return name.find_first_not_of("0123456789.") == std::string_view::npos ||
         http::equals_ignoring_case(name, "localhost");
}

bool reads(const ServerRequest& request) {
  return request.method == http::Method::get || request.method == http::Method::head;
}

}  // namespace

std::optional<ServerResponse> HealthPages::admit(const ServerRequest& head) {
  const std::string_view path = path_of(head.target);
  if (path == "/push" && !push_.secrets.empty()) {
    return head.method == http::Method::post ? std::nullopt : std::optional(wrong_method("POST"));
  }
  if (path == "/health/live" || path == "/health/ready" || path == "/metrics") {
    return reads(head) ? std::nullopt : std::optional(wrong_method("GET, HEAD"));
  }
  return problem_page(404, ErrorCode::NOT_FOUND, "there is nothing at this path");
}

void HealthPages::handle(const ServerRequest& request, net::Responder responder) {
  const std::string_view path = path_of(request.target);
  if (path == "/push") return responder.send(push(request));
  if (path == "/health/live") return responder.send(json_page(200, R"({"live":true})"));
  if (path == "/health/ready") {
    const std::string why = state_.not_ready(clock_.wall());
    std::string body;
    json::Writer writer(body);
    writer.begin_object().key("ready").value(why.empty());
    if (!why.empty()) writer.key("reason").value(why);
    if (state_.snapshot->settings->development) writer.key("mode").value("development");
    write_admission(writer, state_);
    writer.end_object();
    return responder.send(json_page(why.empty() ? 200 : 503, std::move(body)));
  }
  auto later = std::make_shared<net::Responder>(std::move(responder));
  telemetry_.collect([this, later](const telemetry::Series& series) {
    later->send(text_page(200, "text/plain; version=0.0.4; charset=utf-8",
                          telemetry::prometheus_page(series, telemetry_.labels())));
  });
}

ServerResponse HealthPages::push(const ServerRequest& request) {
  http::Headers headers;
  for (const auto& [name, value] : request.fields) headers.add(name, value);
  const auto verified = signing::verify_webhook(headers, request.body, push_.secrets, clock_.wall());
  if (!verified) return problem_page(401, ErrorCode::BAD_REQUEST, "the push is not signed with the push secret");
  if (!seen_.admit(verified->id, clock_.wall())) {
    return problem_page(409, ErrorCode::BAD_REQUEST, "this push was received before");
  }
  push_.poll();
  return json_page(202, R"({"polling":true})");
}

ServerResponse HealthPages::refuse(int status, ErrorCode code, std::string_view message, const ServerRequest*) {
  return problem_page(status, code, message);
}

std::optional<ServerResponse> AdminPages::admit(const ServerRequest& head) {
  // A browser on this machine reaches loopback too: no page of another site, and no name that was rebound to loopback.
  if (head.count("origin") > 0) return problem_page(403, ErrorCode::CSRF_ERROR, "not for pages of other sites");
  if (!is_local_name(head.header("host"))) {
    return problem_page(421, ErrorCode::MISDIRECTED_REQUEST, "ask by address or as localhost");
  }
  const std::string_view path = path_of(head.target);
  if (path == "/status") return reads(head) ? std::nullopt : std::optional(wrong_method("GET, HEAD"));
  if (path == "/admin/reload") {
    return head.method == http::Method::post ? std::nullopt : std::optional(wrong_method("POST"));
  }
  return problem_page(404, ErrorCode::NOT_FOUND, "there is nothing at this path");
}

void AdminPages::handle(const ServerRequest& request, net::Responder responder) {
  if (path_of(request.target) == "/status") return responder.send(json_page(200, status_page(state_, clock_.wall())));
  auto later = std::make_shared<net::Responder>(std::move(responder));
  reload_([later](const ReloadOutcome& outcome) { later->send(json_page(outcome.status(), outcome.to_json())); });
}

ServerResponse AdminPages::refuse(int status, ErrorCode code, std::string_view message, const ServerRequest*) {
  return problem_page(status, code, message);
}

}  // namespace signet::app
