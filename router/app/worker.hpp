// Worker: one thread that serves client connections with its own transport, cache and recorder.
#pragma once

#include <memory>

#include "router/app/operation_cache.hpp"
#include "router/app/pipeline/request_run.hpp"
#include "router/app/planner_pool.hpp"
#include "router/app/recorder.hpp"
#include "router/net/event_loop.hpp"
#include "router/net/http_client.hpp"
#include "router/net/http_server.hpp"

namespace signet::app {

/// What one of several workers may use.
struct WorkerShare {
  size_t connections_per_subgraph = 1;
  size_t cache_bytes = OperationCache::kFrontBytesMin;
};

/// Threads: its loop's, but for the constructor.
class Worker final : public net::ServerHandler {
 public:
  Worker(net::EventLoop& loop, const Clock& clock, telemetry::LabelTable& labels,
         std::shared_ptr<const Snapshot> snapshot, PlannerPool& planners, net::Resolver& resolver,
         const WorkerShare& share);

  /// From now on new requests use this snapshot; those under way keep theirs.
  void use(std::shared_ptr<const Snapshot> snapshot);
  /// What clients ask of it most often under this snapshot.
  std::vector<HotOperation> hottest(size_t count) const { return cache_.hottest(count); }
  Recorder& recorder() { return recorder_; }
  net::EventLoop& loop() { return loop_; }

  std::optional<net::ServerResponse> admit(const net::ServerRequest& head) override;
  void handle(const net::ServerRequest& request, net::Responder responder) override;
  net::ServerResponse refuse(int status, ErrorCode code, std::string_view message,
                             const net::ServerRequest* head) override;
  void handshake_failed(const net::TlsProblem& problem) override;
  void slow_reader_disconnected() override;

 private:
  void record_refusal(const net::ServerRequest* head, int status, std::optional<ErrorCode> code);

  net::EventLoop& loop_;
  const Clock& clock_;
  std::shared_ptr<const Snapshot> snapshot_;
  Recorder recorder_;
  net::HttpClient transport_;
  OperationCache cache_;
  PlannerPool& planners_;
  std::shared_ptr<execution::Workspace> workspace_ = std::make_shared<execution::Workspace>();
};

}  // namespace signet::app
