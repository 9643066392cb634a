// Recorder: what one worker records about its requests, and what the control thread takes from it.
//
// Everything is ids and numbers; labels are looked up once per worker, not per request.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "router/base/error.hpp"
#include "router/base/keyed_hash.hpp"
#include "router/http/transport.hpp"
#include "router/net/tls_failure.hpp"
#include "telemetry/record/access_record.hpp"
#include "telemetry/record/metric.hpp"
#include "telemetry/record/span.hpp"

namespace signet::app {

/// Requests that brought no HTTP answer, of one worker, to one subgraph and for one reason.
struct SubgraphTrouble {
  telemetry::Label<telemetry::LabelClass::subgraph> subgraph;
  http::TransportError failure;
  std::string problem;  ///< of the first: hosts of the configuration, and the words of the system and of OpenSSL
  uint64_t count = 0;
};

/// Clients that did not get through their handshake, of one worker and for one reason.
struct ClientTlsTrouble {
  net::TlsFailure failure;
  std::string problem;  ///< of the first, in OpenSSL's own words: nothing that a client has sent
  uint64_t count = 0;
};

/// What a worker hands over, by value.
struct Harvest {
  std::vector<telemetry::AccessRecord> access;
  std::vector<telemetry::Span> spans;
  std::vector<SubgraphTrouble> subgraph_troubles;
  std::vector<ClientTlsTrouble> client_tls_troubles;
  uint64_t dropped = 0;
};

/// Threads: its worker's.
class Recorder {
 public:
  /// `counts_usage`: somebody takes it; else it would only take room.
  Recorder(telemetry::LabelTable& labels, double trace_rate, std::string_view route, bool counts_usage = true);

  /// The end of a request: its line of the access log, its duration, its error. Returns what its span says as well.
  telemetry::AttributeSet request(const telemetry::AccessRecord& record);
  void span(const telemetry::Span& span);
  /// Told to the operator.
  void subgraph_trouble(telemetry::Label<telemetry::LabelClass::subgraph> subgraph, const http::Failure& failure);
  /// Told to the operator, unless the client just went away, as probes of a port do.
  void client_tls_trouble(const net::TlsProblem& problem);
  /// Counts a request of `operation`; its fields are counted with it.
  void usage(const std::shared_ptr<const telemetry::UsageTemplate>& operation, bool failed);

  Harvest harvest();
  std::vector<telemetry::UsageCount> take_usage();

  telemetry::Label<telemetry::LabelClass::method> method(http::Method method) const {
    return methods_[static_cast<size_t>(method)];
  }
  telemetry::Label<telemetry::LabelClass::error_code> error(ErrorCode code) const {
    return errors_[static_cast<size_t>(code)];
  }
  telemetry::Label<telemetry::LabelClass::tls_failure> tls_failure(net::TlsFailure failure) const {
    return tls_failures_[static_cast<size_t>(failure)];
  }
  telemetry::Label<telemetry::LabelClass::route> route() const { return route_; }
  telemetry::Label<telemetry::LabelClass::user_agent> user_agent(std::string_view header);
  telemetry::Label<telemetry::LabelClass::limit> limit(std::string_view name) { return labels_.limit(name); }
  telemetry::LabelTable& labels() { return labels_; }

  telemetry::MetricShard metrics;
  telemetry::TraceSource traces;

 private:
  static constexpr size_t kAccessQueuedMax = 20'000;
  static constexpr size_t kSpansQueuedMax = 2'048;
  static constexpr size_t kUsageMax = 10'000;
  static constexpr size_t kUsageBytesMax = 1u << 20;  // they outlive the caches that they came from
  static constexpr size_t kUserAgentsMax = 256;

  telemetry::LabelTable& labels_;
  std::array<telemetry::Label<telemetry::LabelClass::method>, 8> methods_;
  std::vector<telemetry::Label<telemetry::LabelClass::error_code>> errors_;
  std::array<telemetry::Label<telemetry::LabelClass::tls_failure>, net::kTlsFailures> tls_failures_;
  telemetry::Label<telemetry::LabelClass::route> route_;
  const bool counts_usage_;
  std::unordered_map<std::string, telemetry::Label<telemetry::LabelClass::user_agent>, KeyedStringHash, std::equal_to<>>
      user_agents_;
  std::unordered_map<const telemetry::UsageTemplate*, telemetry::UsageCount> usage_;
  size_t usage_bytes_ = 0;
  Harvest harvest_;
};

}  // namespace signet::app
