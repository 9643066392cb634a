#include "router/app/admission_process.hpp"

#include <csignal>
#include <fmt/format.h>

#include "router/app/files.hpp"
#include "router/app/pipeline/answer.hpp"
#include "router/app/pipeline/edge.hpp"
#include "router/app/trust_setup.hpp"
#include "router/net/http_server.hpp"
#include "telemetry/export/event_log.hpp"

namespace signet::app {
namespace {

constexpr int kExitOk = 0;
constexpr int kExitEnvironment = 3;

class ReviewPages final : public net::ServerHandler {
 public:
  ReviewPages(admission::ServerPolicy policy, const Clock& clock) : server_(std::move(policy)), clock_(clock) {}

  void use(admission::ServerPolicy policy) { server_.set_policy(std::move(policy)); }

  std::optional<net::ServerResponse> admit(const net::ServerRequest& head) override {
    const std::string_view path = path_of(head.target);
    if (path == "/health/live" && head.method == http::Method::get) return std::nullopt;
    if (path == "/review" && head.method == http::Method::post) return std::nullopt;
    return refuse(path == "/review" || path == "/health/live" ? 405 : 404, ErrorCode::NOT_FOUND,
                  "this server answers POST /review and GET /health/live", &head);
  }

  void handle(const net::ServerRequest& request, net::Responder responder) override {
    if (request.method == http::Method::get) return responder.send(json_page(200, R"({"live":true})"));
    http::Headers headers;
    for (const auto& [name, value] : request.fields) headers.add(name, value);
    const admission::ServerAnswer answer = server_.handle(headers, request.body, clock_.wall());
    log(answer);
    net::ServerResponse response{.status = answer.response.status, .fields = {}, .body = answer.response.body};
    for (const auto& [name, value] : answer.response.headers) response.fields += fmt::format("{}: {}\r\n", name, value);
    responder.send(std::move(response));
  }

  net::ServerResponse refuse(int status, ErrorCode code, std::string_view message, const net::ServerRequest*) override {
    return json_page(status, error_body(Error{code, std::string(message)}));
  }

 private:
  void log(const admission::ServerAnswer& answer) {
    if (!answer.log) {
      events_.write(telemetry::event_line(clock_.wall(), LogLevel::warn, "review_turned_away",
                                          {{"status", std::to_string(answer.response.status)}}));
      return;
    }
    events_.write(telemetry::event_line(clock_.wall(), LogLevel::info, "review",
                                        {{"graph", answer.log->graph},
                                         {"environment", answer.log->environment},
                                         {"serial", std::to_string(answer.log->serial)},
                                         {"sha256", answer.log->sha256},
                                         {"allowed", answer.log->allowed ? "true" : "false"},
                                         {"message", answer.log->message}}));
  }

  admission::AdmissionServer server_;
  const Clock& clock_;
  telemetry::LineWriter events_{2};
};

std::expected<admission::AdmissionGraph, std::string> make_graph(const config::AdmissionGraphPolicy& policy) {
  admission::AdmissionGraph graph;
  graph.trust.graph = policy.name;
  graph.trust.environment = policy.environment;
  graph.trust.required_roles = {signing::Role::release};
  for (const config::TrustKey& key : policy.keys) {
    auto read = read_trust_key(key);
    if (!read) return std::unexpected(read.error());
    graph.trust.keys.push_back(std::move(*read));
  }
  auto allowed = http::EgressPolicy::parse(policy.allow);
  if (!allowed) return std::unexpected("allow: " + allowed.error());
  graph.policy = {.allowed = std::move(*allowed),
                  .allow_plain_http = policy.allow_plain_http,
                  .required_signers = policy.required_signers,
                  .approvers = policy.approvers,
                  .max_subgraphs = policy.max_subgraphs};
  return graph;
}

}  // namespace

std::expected<admission::ServerPolicy, std::string> make_server_policy(const config::AdmissionPolicyFile& file) {
  admission::ServerPolicy policy;
  if (!file.secret_file.empty()) {
    auto secret = read_webhook_secret(file.secret_file);
    if (!secret) return std::unexpected("secret_file: " + secret.error());
    policy.webhook_secrets.push_back(std::move(*secret));
  }
  if (!file.approve_key_file.empty()) {
    auto pem = read_file(file.approve_key_file, signing::kKeyFileBytesMax);
    if (!pem) return std::unexpected("approve.key_file: " + pem.error());
    auto key = crypto::Ed25519PrivateKey::from_pem(*pem);
    if (!key) return std::unexpected("approve.key_file: " + key.error().message);
    policy.approve_key = signing::SigningKey{.kid = file.approve_kid, .material = std::move(*key)};
  }
  for (const config::AdmissionGraphPolicy& graph : file.graphs) {
    auto made = make_graph(graph);
    if (!made) return std::unexpected(fmt::format("graphs: {}: {}", graph.name, made.error()));
    // Its own approvals count, without being listed once more.
    if (policy.approve_key && made->trust.find(policy.approve_key->kid) == nullptr) {
      made->trust.keys.push_back(policy.approve_key->verification_key(signing::Role::approve));
    }
    policy.graphs.push_back(std::move(*made));
  }
  return policy;
}

int run_admission(const config::AdmissionPolicyFile& file, const ReloadPolicy& reload) {
  const SystemClock clock;
  telemetry::LineWriter events(2);
  auto event = [&](LogLevel level, std::string_view name, const telemetry::EventFields& fields) {
    events.write(telemetry::event_line(clock.wall(), level, name, fields));
  };
  auto failed = [&](const std::string& error) {
    event(LogLevel::error, "start_failed", {{"error", error}});
    return kExitEnvironment;
  };
  auto policy = make_server_policy(file);
  if (!policy) return failed(policy.error());
  std::signal(SIGPIPE, SIG_IGN);
  ReviewPages pages(std::move(*policy), clock);
  net::EventLoop loop;
  net::HttpServer server(loop, {&loop}, {&pages},
                         net::ServerSettings{.body_bytes_max = admission::kReviewBytesMax, .connections_max = 1'000});
  if (auto bound = server.listen({file.listen.host, file.listen.port, file.listen.unix_path}); !bound) {
    return failed("listen: " + bound.error());
  }
  loop.on_signals({SIGTERM, SIGINT, SIGHUP}, [&](int signal) {
    if (signal != SIGHUP) return loop.stop();
    const auto loaded = reload();
    auto next = loaded ? make_server_policy(*loaded) : std::unexpected(loaded.error());
    if (!next) return event(LogLevel::error, "reload_refused", {{"error", next.error()}});
    pages.use(std::move(*next));
    event(LogLevel::info, "reloaded", {});
  });
  event(LogLevel::info, "admission_listening", {{"port", std::to_string(server.port())}});
  loop.run();
  return kExitOk;
}

}  // namespace signet::app
