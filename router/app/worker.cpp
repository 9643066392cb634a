#include "router/app/worker.hpp"

namespace signet::app {

using net::ServerRequest;
using net::ServerResponse;

Worker::Worker(net::EventLoop& loop, const Clock& clock, telemetry::LabelTable& labels,
               std::shared_ptr<const Snapshot> snapshot, PlannerPool& planners, net::Resolver& resolver,
               const WorkerShare& share)
    : loop_(loop),
      clock_(clock),
      snapshot_(std::move(snapshot)),
      recorder_(
          labels, snapshot_->settings->config.telemetry.trace_sample, snapshot_->settings->config.listen.path,
          snapshot_->settings->config.telemetry.usage && !snapshot_->settings->config.telemetry.otlp_endpoint.empty()),
      transport_(loop, resolver, net::ClientSettings{.connections_per_origin_max = share.connections_per_subgraph}),
      cache_(share.cache_bytes, OperationCache::Counts::own),
      planners_(planners) {
  cache_.use(snapshot_->generation);
}

void Worker::use(std::shared_ptr<const Snapshot> snapshot) {
  snapshot_ = std::move(snapshot);
  cache_.use(snapshot_->generation);
}

std::optional<ServerResponse> Worker::admit(const ServerRequest& head) {
  auto refusal = Edge(*snapshot_).refuse(head);
  if (!refusal) return std::nullopt;
  record_refusal(&head, refusal->response.status, refusal->code);
  return std::move(refusal->response);
}

void Worker::handle(const ServerRequest& request, net::Responder responder) {
  const WorkerTools tools{loop_, transport_, cache_, planners_, workspace_, recorder_, clock_};
  auto run = std::make_shared<RequestRun>(tools, snapshot_, Edge(*snapshot_).decide(request), std::move(responder));
  run->start(request);
}

ServerResponse Worker::refuse(int status, ErrorCode code, std::string_view message, const ServerRequest* head) {
  record_refusal(head, status, code);
  return Edge(*snapshot_).error(head, status, {code, std::string(message)});
}

void Worker::handshake_failed(const net::TlsProblem& problem) {
  recorder_.metrics.add(telemetry::MetricId::tls_handshake_failed,
                        telemetry::AttributeSet().tls_failure(recorder_.tls_failure(problem.failure)));
  recorder_.client_tls_trouble(problem);
}

void Worker::slow_reader_disconnected() {
  recorder_.metrics.add(telemetry::MetricId::slow_readers_disconnected, {});
}

// What never became a GraphQL request is counted and logged all the same.
void Worker::record_refusal(const ServerRequest* head, int status, std::optional<ErrorCode> code) {
  telemetry::AccessRecord record;
  record.time = clock_.wall();
  record.method = recorder_.method(head != nullptr ? head->method : http::Method::other);
  record.status = static_cast<uint16_t>(status);
  if (code) record.error = recorder_.error(*code);
  recorder_.request(record);
}

}  // namespace signet::app
