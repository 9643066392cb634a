// The admission server's pages: POST /review, POST /validate-config, GET /status and GET /health/live.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "router/app/approved_store.hpp"
#include "router/app/artifact_fetcher.hpp"
#include "router/net/http_server.hpp"
#include "signing/admission/server.hpp"
#include "telemetry/export/event_log.hpp"

namespace signet::app {

/// What the pages work with. Lifetime: all of it outlives them.
struct AdmissionSite {
  net::EventLoop& loop;
  http::Transport& transport;
  const Clock& clock;
  telemetry::LineWriter& events;
};

class AdmissionPages final : public net::ServerHandler {
 public:
  /// `store` may be null.
  AdmissionPages(config::AdmissionPolicyFile file, admission::ServerPolicy policy, ApprovedStore* store,
                 const AdmissionSite& site)
      : file_(std::move(file)),
        server_(std::move(policy), store),
        store_(store),
        fetcher_(site.loop, site.transport, site.clock),
        site_(site) {
    store_problem();  // tells of it before anybody asks
  }

  /// `policy` was made from `file`.
  void use(config::AdmissionPolicyFile file, admission::ServerPolicy policy);

  std::optional<net::ServerResponse> admit(const net::ServerRequest& head) override;
  void handle(const net::ServerRequest& request, net::Responder responder) override;
  net::ServerResponse refuse(int status, ErrorCode code, std::string_view message,
                             const net::ServerRequest* head) override;

 private:
  using Reply = std::shared_ptr<net::Responder>;

  void review(const http::Headers& headers, std::string_view body, const Reply& reply);
  void validate_config(const http::Headers& headers, std::string_view body, const Reply& reply);
  void send(const admission::ServerAnswer& answer, const Reply& reply);
  void log(const admission::ServerAnswer& answer);
  std::string status_body() const;
  /// Of the first graph whose list of what was approved is damaged. Empty: none.
  std::string store_problem() const;
  const config::AdmissionArtifacts& artifacts_of(const admission::Review& review) const;

  config::AdmissionPolicyFile file_;
  admission::AdmissionServer server_;
  ApprovedStore* store_;
  ArtifactFetcher fetcher_;
  AdmissionSite site_;
};

}  // namespace signet::app
