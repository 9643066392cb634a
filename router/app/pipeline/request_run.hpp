// RequestRun: one GraphQL request from decoded body to written answer, on one worker.
//
// decode → persisted operations → prepared operation (one cache lookup) → variables → plan → execute → answer
#pragma once

#include <list>
#include <memory>
#include <optional>

#include "router/app/operation_cache.hpp"
#include "router/app/pipeline/edge.hpp"
#include "router/app/pipeline/graphql_request.hpp"
#include "router/app/recorder.hpp"
#include "router/execution/execution.hpp"
#include "router/http/one_shot.hpp"
#include "router/http/transport.hpp"
#include "router/net/http_server.hpp"

namespace signet::app {

/// What a worker lends to its requests.
struct WorkerTools {
  net::EventLoop& loop;
  http::Transport& transport;
  OperationCache& cache;
  Recorder& recorder;
  const Clock& clock;
};

/// Lifetime: keeps itself alive while fetches are out; the responder is used exactly once.
/// Threads: its worker's.
class RequestRun : public std::enable_shared_from_this<RequestRun> {
 public:
  RequestRun(WorkerTools tools, std::shared_ptr<const Snapshot> snapshot, EdgeDecision edge, net::Responder responder);

  void start(const net::ServerRequest& request);

 private:
  struct Fetch {
    execution::RequestId id;
    federation::SubgraphId subgraph;
    telemetry::Span span;
    std::unique_ptr<http::Collect> sink;
    std::shared_ptr<http::Exchange> exchange;
  };

  void run(const GraphqlRequest& request);
  std::expected<std::shared_ptr<PreparedOperation>, DocumentErrors> find_operation(std::string_view text,
                                                                                   std::string_view name);
  void execute();
  void send_fetch(execution::FetchRequest&& request);
  void fetched(std::list<Fetch>::iterator fetch, const http::Outcome& outcome);
  void record_fetch(Fetch& fetch, const http::Outcome& outcome);
  void timed_out();
  void answer_execution();
  void fail(const DocumentErrors& errors);
  void answer(int status, std::string body, std::string_view extra_fields = {});

  WorkerTools tools_;
  std::shared_ptr<const Snapshot> snapshot_;
  EdgeDecision edge_;
  net::Responder responder_;
  SteadyTime started_;
  bool is_get_ = false;
  std::shared_ptr<PreparedOperation> operation_;
  std::shared_ptr<const telemetry::UsageTemplate> usage_;
  std::unique_ptr<execution::Execution> execution_;
  std::list<Fetch> fetches_;
  std::unique_ptr<net::Timer> deadline_;
  bool answered_ = false;
  telemetry::AccessRecord record_;
  telemetry::SpanId span_{};
  std::optional<ErrorCode> error_;
};

}  // namespace signet::app
