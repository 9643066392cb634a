// The handlers that serve the health and admin pages.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "router/app/reload.hpp"
#include "router/app/status_page.hpp"
#include "router/app/telemetry_hub.hpp"
#include "router/net/http_server.hpp"
#include "signing/core/webhook.hpp"

namespace signet::app {

/// Health listener: /health/live, /health/ready, /metrics, /push. Reads only; a push makes the router poll.
/// Threads: the control thread.
class HealthPages final : public net::ServerHandler {
 public:
  struct Push {
    std::vector<crypto::SecretBytes> secrets;  ///< empty: /push does not exist
    std::function<void()> poll;
  };
  HealthPages(const ProcessState& state, TelemetryHub& telemetry, const Clock& clock, Push push)
      : state_(state), telemetry_(telemetry), clock_(clock), push_(std::move(push)) {}

  /// From now on pushes are signed with these.
  void set_push_secrets(std::vector<crypto::SecretBytes> secrets) { push_.secrets = std::move(secrets); }

  std::optional<net::ServerResponse> admit(const net::ServerRequest& head) override;
  void handle(const net::ServerRequest& request, net::Responder responder) override;
  net::ServerResponse refuse(int status, ErrorCode code, std::string_view message,
                             const net::ServerRequest* head) override;

 private:
  net::ServerResponse push(const net::ServerRequest& request);

  const ProcessState& state_;
  TelemetryHub& telemetry_;
  const Clock& clock_;
  Push push_;
  signing::ReplayGuard seen_;
};

/// Admin listener: /status, and POST /admin/reload, which is answered when its outcome is known.
/// Threads: the control thread.
class AdminPages final : public net::ServerHandler {
 public:
  using Reload = std::function<void(std::function<void(const ReloadOutcome&)>)>;
  AdminPages(const ProcessState& state, const Clock& clock, Reload reload)
      : state_(state), clock_(clock), reload_(std::move(reload)) {}

  std::optional<net::ServerResponse> admit(const net::ServerRequest& head) override;
  void handle(const net::ServerRequest& request, net::Responder responder) override;
  net::ServerResponse refuse(int status, ErrorCode code, std::string_view message,
                             const net::ServerRequest* head) override;

 private:
  const ProcessState& state_;
  const Clock& clock_;
  Reload reload_;
};

}  // namespace signet::app
