// RequestRun: one GraphQL request from decoded body to written answer, on one worker.
//
// decode → persisted operations → prepared operation (one cache lookup) → variables → plan → execute → answer
//
// What the worker's cache lacks is asked of the planner pool; the run then goes on when the answer is posted to its
// loop, at the place where it stopped.
#pragma once

#include <list>
#include <memory>
#include <optional>

#include "router/app/operation_cache.hpp"
#include "router/app/pipeline/edge.hpp"
#include "router/app/pipeline/graphql_request.hpp"
#include "router/app/planner_pool.hpp"
#include "router/app/recorder.hpp"
#include "router/execution/execution.hpp"
#include "router/execution/workspace.hpp"
#include "router/http/one_shot.hpp"
#include "router/http/transport.hpp"
#include "router/net/http_server.hpp"

namespace signet::app {

/// What a worker lends to its requests.
struct WorkerTools {
  net::EventLoop& loop;
  http::Transport& transport;
  OperationCache& cache;
  PlannerPool& planners;
  const std::shared_ptr<execution::Workspace>& workspace;
  Recorder& recorder;
  const Clock& clock;
};

/// Lifetime: its deadline keeps it alive until it has answered or its client has left; the responder is used at most
/// once. Planners and the connection know it weakly: what comes later finds nobody.
/// Threads: its worker's.
class RequestRun : public std::enable_shared_from_this<RequestRun> {
 public:
  RequestRun(WorkerTools tools, std::shared_ptr<const Snapshot> snapshot, EdgeDecision edge, net::Responder responder);
  ~RequestRun();

  void start(const net::ServerRequest& request);

 private:
  class Fetch;

  void run(GraphqlRequest request);
  void ask(PlanQuestion question);
  void planned(const Planned& planned);
  bool take_variables();
  void execute(const OperationVariant& variant);
  void start_waiting();
  void send_fetch(execution::FetchRequest&& request);
  void fetched(Fetch& fetch, http::Outcome outcome);
  void record_fetch(const Fetch& fetch, const http::Outcome& outcome);
  void cancel_fetches();
  void timed_out();
  void abandoned();
  void answer_execution();
  void fail(const DocumentErrors& errors);
  void answer(int status, std::string body, std::string_view extra_fields = {});
  void record_end(int status, size_t body_bytes);
  WallTime wall(SteadyTime time) const;

  WorkerTools tools_;
  std::shared_ptr<const Snapshot> snapshot_;
  EdgeDecision edge_;
  net::Responder responder_;
  SteadyTime started_;
  std::chrono::milliseconds waited_{};  ///< before it was read: part of its time
  bool is_get_ = false;
  std::string variables_json_;
  std::shared_ptr<const PreparedOperation> operation_;
  operation::CoercedVariables variables_;
  uint32_t condition_mask_ = 0;
  std::shared_ptr<const telemetry::UsageTemplate> usage_;
  std::unique_ptr<execution::Execution> execution_;
  std::list<Fetch> fetches_;  ///< under way
  std::unique_ptr<net::Timer> deadline_;
  bool answered_ = false;
  telemetry::AccessRecord record_;
  telemetry::SpanId span_{};
  std::optional<ErrorCode> error_;
};

}  // namespace signet::app
