#include "router/app/status.hpp"

#include "router/app/pipeline/answer.hpp"
#include "router/app/pipeline/edge.hpp"
#include "router/app/version.hpp"
#include "router/base/units.hpp"
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

// The unsafe_ key of `admission` that is in use; empty: none.
std::string_view unsafe_admission(const config::Admission& admission) {
  if (admission.unsafe_audit_only) return "unsafe_audit_only";
  return admission.unsafe_ignore_failures ? "unsafe_ignore_failures" : "";
}

void write_admission(json::Writer& writer, const ProcessState& state) {
  const std::string_view weaker = unsafe_admission(state.snapshot->settings->config.admission);
  if (!weaker.empty()) writer.key("admission").value(weaker);
}

// What an artifact was let in by, as members of an object.
void write_evidence(json::Writer& writer, const signing::Artifact& artifact, WallTime now) {
  const signing::Statement& statement = artifact.statement;
  writer.key("serial").value(statement.serial).key("sha256").value(statement.sha256);
  writer.key("issued").value(format_timestamp(statement.issued));
  writer.key("expires").value(format_timestamp(statement.expires));
  writer.key("age_seconds").value(std::chrono::duration_cast<std::chrono::seconds>(now - statement.issued).count());
  writer.key("expired").value(now > statement.expires);
  writer.key("source").value(signing::to_text(artifact.source));
  writer.key("approved").value(artifact.approved);
  if (const auto& waived = artifact.waived) {
    writer.key("unapproved_because").begin_object().key("reason").value(signing::info(waived->reason).code);
    writer.key("detail").value(waived->detail).end_object();
  }
  writer.key("signers").begin_array();
  for (const signing::Signer& signer : artifact.signers) {
    writer.begin_object().key("kid").value(signer.kid).key("role").value(signing::to_text(signer.role)).end_object();
  }
  writer.end_array();
}

void write_graph(json::Writer& writer, const Graph& graph, WallTime now) {
  writer.begin_object().key("name").value(graph.artifact.statement.graph);
  writer.key("environment").value(graph.artifact.statement.environment);
  write_evidence(writer, graph.artifact, now);
  writer.key("subgraphs").begin_array();
  for (const signing::Subgraph& subgraph : graph.artifact.subgraphs) {
    writer.begin_object().key("name").value(subgraph.name).key("url").value(subgraph.url).end_object();
  }
  writer.end_array().end_object();
}

void write_refusal(json::Writer& writer, const LastRefusal& last) {
  const signing::ReasonInfo& reason = signing::info(last.refusal.reason);
  writer.begin_object().key("reason").value(reason.code).key("at").value(format_timestamp(last.at));
  writer.key("title").value(reason.title).key("detail").value(last.refusal.detail);
  writer.key("what_to_do").value(reason.what_to_do).end_object();
}

}  // namespace

std::string ProcessState::not_ready(WallTime now) const {
  if (draining) return "the router is shutting down";
  if (snapshot->ready()) {
    const bool stale = now > snapshot->graph->artifact.statement.expires;
    const bool matters = snapshot->settings->config.on_stale == config::OnStale::not_ready;
    return stale && matters ? "the graph is past its expiry" : "";
  }
  std::string why =
      snapshot->graph == nullptr ? "no graph has passed the gate yet" : "no operation manifest has passed the gate yet";
  for (const auto& [kind, watcher] : watchers) {
    if (watcher->last_refusal()) {
      why +=
          "; last refusal of " + kind + ": " + std::string(signing::info(watcher->last_refusal()->refusal.reason).code);
    }
  }
  return why;
}

std::string status_page(const ProcessState& state, WallTime now) {
  std::string body;
  json::Writer writer(body);
  const std::string not_ready = state.not_ready(now);
  writer.begin_object().key("version").value(kVersion).key("started").value(format_timestamp(state.started));
  writer.key("workers").value(state.workers).key("development").value(state.snapshot->settings->development);
  writer.key("ready").value(not_ready.empty());
  if (!not_ready.empty()) writer.key("not_ready_because").value(not_ready);
  write_admission(writer, state);
  writer.key("configuration");  // null: nothing asks for a signed one
  if (state.config_artifact) {
    writer.begin_object();
    write_evidence(writer, **state.config_artifact, now);
    writer.end_object();
  } else {
    writer.null();
  }
  writer.key("graph");
  if (state.snapshot->graph) {
    write_graph(writer, *state.snapshot->graph, now);
  } else {
    writer.null();
  }
  writer.key("operations");
  if (state.snapshot->operations) {
    writer.begin_object().key("count").value(state.snapshot->operations->size()).end_object();
  } else {
    writer.null();
  }
  if (state.certificates != nullptr) {
    writer.key("tls");
    state.certificates->write_status(writer);
  }
  if (state.secrets != nullptr) {
    writer.key("secrets");
    state.secrets->write_status(writer);
  }
  writer.key("alarms").begin_object();
  for (const auto& [kind, watcher] : state.watchers) {
    writer.key(kind).begin_array();
    for (const signing::Alarm alarm : watcher->alarms()) {
      writer.begin_object().key("alarm").value(signing::to_text(alarm));
      writer.key("what_to_do").value(signing::what_to_do(alarm)).end_object();
    }
    writer.end_array();
  }
  writer.end_object().key("last_refusal").begin_object();
  for (const auto& [kind, watcher] : state.watchers) {
    writer.key(kind);
    if (watcher->last_refusal()) {
      write_refusal(writer, *watcher->last_refusal());
    } else {
      writer.null();
    }
  }
  writer.end_object().end_object();
  return body;
}

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
  reload_();
  responder.send(json_page(202, R"({"reloading":true})"));
}

ServerResponse AdminPages::refuse(int status, ErrorCode code, std::string_view message, const ServerRequest*) {
  return problem_page(status, code, message);
}

}  // namespace signet::app
