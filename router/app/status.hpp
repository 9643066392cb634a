// What the health and admin pages tell, and the handlers that serve them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "router/app/artifact_watcher.hpp"
#include "router/app/certificate_watcher.hpp"
#include "router/app/secret_watcher.hpp"
#include "router/app/snapshot.hpp"
#include "router/app/telemetry_hub.hpp"
#include "router/net/http_server.hpp"
#include "signing/core/webhook.hpp"

namespace signet::app {

/// The state of the process, as the pages show it. Owned by the control thread.
struct ProcessState {
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<std::pair<std::string, const ArtifactWatcher*>> watchers;  ///< by kind of artifact
  const CertificateWatcher* certificates = nullptr;
  const SecretWatcher* secrets = nullptr;
  std::optional<signing::Verified<signing::Artifact>> config_artifact;  ///< the configuration, where it is a signed one
  bool draining = false;
  unsigned workers = 0;
  WallTime started;

  /// Why the process is not ready; empty when it is. With `readiness.on_stale: not_ready` an expired graph counts.
  std::string not_ready(WallTime now) const;
};

/// The JSON of /status.
std::string status_page(const ProcessState& state, WallTime now);

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

/// Admin listener: /status, and POST /admin/reload.
/// Threads: the control thread.
class AdminPages final : public net::ServerHandler {
 public:
  AdminPages(const ProcessState& state, const Clock& clock, std::function<void()> reload)
      : state_(state), clock_(clock), reload_(std::move(reload)) {}

  std::optional<net::ServerResponse> admit(const net::ServerRequest& head) override;
  void handle(const net::ServerRequest& request, net::Responder responder) override;
  net::ServerResponse refuse(int status, ErrorCode code, std::string_view message,
                             const net::ServerRequest* head) override;

 private:
  const ProcessState& state_;
  const Clock& clock_;
  std::function<void()> reload_;
};

}  // namespace signet::app
