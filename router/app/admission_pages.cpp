#include "router/app/admission_pages.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/app/pipeline/answer.hpp"
#include "router/app/pipeline/edge.hpp"
#include "router/json/writer.hpp"

namespace signet::app {
namespace {

struct Page {
  http::Method method;
  std::string_view path;
};
constexpr Page kReview{http::Method::post, "/review"};
constexpr Page kValidateConfig{http::Method::post, "/validate-config"};
constexpr Page kStatus{http::Method::get, "/status"};
constexpr Page kLive{http::Method::get, "/health/live"};

}  // namespace

void AdmissionPages::use(config::AdmissionPolicyFile file, admission::ServerPolicy policy) {
  file_ = std::move(file);
  server_.set_policy(std::move(policy));
}

std::optional<net::ServerResponse> AdmissionPages::admit(const net::ServerRequest& head) {
  const std::string_view path = path_of(head.target);
  bool known = false;
  for (const Page& page : {kReview, kValidateConfig, kStatus, kLive}) {
    if (page.path != path || (path == kValidateConfig.path && !server_.policy().cosmo)) continue;
    if (page.method == head.method) return std::nullopt;
    known = true;
  }
  return refuse(known ? 405 : 404, ErrorCode::NOT_FOUND,
                "this server answers POST /review, GET /status, GET /health/live, and POST /validate-config where its "
                "policy has a cosmo block",
                &head);
}

void AdmissionPages::handle(const net::ServerRequest& request, net::Responder responder) {
  const std::string_view path = path_of(request.target);
  if (path == kLive.path) return responder.send(json_page(200, R"({"live":true})"));
  if (path == kStatus.path) return responder.send(json_page(200, status_body()));
  http::Headers headers;
  for (const auto& [name, value] : request.fields) headers.add(name, value);
  const auto reply = std::make_shared<net::Responder>(std::move(responder));
  if (path == kReview.path) return review(headers, request.body, reply);
  validate_config(headers, request.body, reply);
}

void AdmissionPages::review(const http::Headers& headers, std::string_view body, const Reply& reply) {
  auto heard = server_.hear(headers, body, site_.clock.wall());
  if (const auto* answer = std::get_if<admission::ServerAnswer>(&heard)) return send(*answer, reply);
  const auto hearing = std::make_shared<admission::Hearing>(std::get<admission::Hearing>(std::move(heard)));
  fetcher_.fetch(artifacts_of(hearing->review), hearing->review.sha256,
                 [this, hearing, reply](const admission::Fetched& artifact) {
                   send(server_.decide(*hearing, artifact, site_.clock.wall()), reply);
                 });
}

void AdmissionPages::validate_config(const http::Headers& headers, std::string_view body, const Reply& reply) {
  // A reload may have taken the block away meanwhile.
  const auto gone = [] { return admission::turn_away(404, "the policy has no cosmo block"); };
  const auto& policy = server_.policy().cosmo;
  auto heard = policy ? admission::hear_cosmo(*policy, headers, body) : gone();
  if (const auto* answer = std::get_if<admission::ServerAnswer>(&heard)) {
    server_.count(*answer);
    return send(*answer, reply);
  }
  const auto hearing = std::make_shared<admission::CosmoHearing>(std::get<admission::CosmoHearing>(std::move(heard)));
  fetcher_.fetch(hearing->config_url, [this, gone, hearing, reply](const admission::Fetched& config) {
    const auto& now = server_.policy().cosmo;
    const admission::ServerAnswer answer = now ? admission::decide_cosmo(*now, *hearing, config) : gone();
    server_.count(answer);
    send(answer, reply);
  });
}

void AdmissionPages::send(const admission::ServerAnswer& answer, const Reply& reply) {
  log(answer);
  net::ServerResponse response{.status = answer.response.status, .fields = {}, .body = answer.response.body};
  for (const auto& [name, value] : answer.response.headers) response.fields += fmt::format("{}: {}\r\n", name, value);
  reply->send(std::move(response));
}

net::ServerResponse AdmissionPages::refuse(int status, ErrorCode code, std::string_view message,
                                           const net::ServerRequest*) {
  return json_page(status, error_body(Error{code, std::string(message)}));
}

void AdmissionPages::log(const admission::ServerAnswer& answer) {
  const WallTime now = site_.clock.wall();
  if (!answer.log) {
    return site_.events.write(telemetry::event_line(now, LogLevel::warn, "review_turned_away",
                                                    {{"status", std::to_string(answer.response.status)}}));
  }
  site_.events.write(telemetry::event_line(now, LogLevel::info, "review",
                                           {{"graph", answer.log->graph},
                                            {"environment", answer.log->environment},
                                            {"serial", std::to_string(answer.log->serial)},
                                            {"sha256", answer.log->sha256},
                                            {"allowed", answer.log->allowed ? "true" : "false"},
                                            {"message", answer.log->message}}));
}

std::string AdmissionPages::status_body() const {
  const admission::ServerCounts& counts = server_.counts();
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("policy_generation").value(server_.generation());
  writer.key("allowed").value(counts.allowed).key("denied").value(counts.denied);
  writer.key("turned_away").value(counts.turned_away);
  writer.key("evaluations").value(counts.evaluations).key("fetches").value(fetcher_.fetches());
  const std::string problem = store_problem();
  writer.key("store_problem");
  if (problem.empty()) {
    writer.null();
  } else {
    writer.value(problem);
  }
  writer.end_object();
  return out;
}

std::string AdmissionPages::store_problem() const {
  if (store_ == nullptr) return {};
  std::string first;
  for (const config::AdmissionGraphPolicy& graph : file_.graphs) {
    for (const auto kind :
         {signing::ArtifactKind::graph, signing::ArtifactKind::operations, signing::ArtifactKind::router}) {
      std::string damage = store_->damage({kind, graph.name, graph.environment});
      if (first.empty()) first = std::move(damage);
    }
  }
  return first;
}

const config::AdmissionArtifacts& AdmissionPages::artifacts_of(const admission::Review& review) const {
  static const config::AdmissionArtifacts kNone;
  const auto graph = std::ranges::find_if(file_.graphs, [&](const config::AdmissionGraphPolicy& candidate) {
    return candidate.name == review.graph && candidate.environment == review.environment;
  });
  return graph == file_.graphs.end() ? kNone : graph->artifacts;
}

}  // namespace signet::app
