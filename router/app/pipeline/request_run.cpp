#include "router/app/pipeline/request_run.hpp"

#include <algorithm>
#include <bit>
#include <fmt/format.h>

#include "router/app/pipeline/answer.hpp"
#include "router/base/encoding.hpp"
#include "router/http/media_type.hpp"
#include "router/policy/response_status.hpp"

namespace signet::app {

using telemetry::AttributeSet;
using telemetry::MetricId;

namespace {

// Sizes on spans are powers of two: an exact length can tell one request from another.
int64_t rounded(uint64_t bytes) {
  return static_cast<int64_t>(std::bit_ceil(bytes));
}

ErrorCode to_code(http::TransportError error) {
  switch (error) {
    case http::TransportError::timeout:
      return ErrorCode::SUBGRAPH_TIMEOUT;
    case http::TransportError::egress_denied:
      return ErrorCode::SUBGRAPH_EGRESS_DENIED;
    case http::TransportError::protocol:
    case http::TransportError::coding:
      return ErrorCode::SUBGRAPH_PROTOCOL;
    case http::TransportError::too_large:
      return ErrorCode::SUBGRAPH_RESPONSE_TOO_LARGE;
    default:
      return ErrorCode::SUBGRAPH_UNREACHABLE;
  }
}

}  // namespace

// One request to a subgraph, and what takes its answer.
class RequestRun::Fetch final : public http::Gather {
 public:
  Fetch(std::shared_ptr<RequestRun> of, execution::RequestId request, federation::SubgraphId subgraph,
        const SubgraphEndpoint& endpoint)
      : Gather(endpoint.to->response_bytes_max), id(request), subgraph(subgraph), run_(std::move(of)) {}

  // It is read before this call's end() returns: no need for bytes of its own.
  void whole(LentText&& bytes) override { body = std::move(bytes); }

  execution::RequestId id;
  federation::SubgraphId subgraph;
  SteadyTime started;
  telemetry::SpanId span{};
  LentText body;
  std::shared_ptr<http::Exchange> exchange;
  std::list<Fetch>::iterator place;  // of its own

 private:
  void finish(http::Outcome outcome) override {
    const auto run = std::move(run_);
    run->fetched(*this, std::move(outcome));
  }

  std::shared_ptr<RequestRun> run_;  // until its answer is there
};

RequestRun::RequestRun(WorkerTools tools, std::shared_ptr<const Snapshot> snapshot, EdgeDecision edge,
                       net::Responder responder)
    : tools_(tools),
      snapshot_(std::move(snapshot)),
      edge_(std::move(edge)),
      responder_(std::move(responder)),
      started_(tools.clock.steady()) {}

RequestRun::~RequestRun() = default;

void RequestRun::start(const net::ServerRequest& request) {
  is_get_ = request.method == http::Method::get;
  started_ -= request.waited;
  record_.time = tools_.clock.wall() - request.waited;
  record_.method = tools_.recorder.method(request.method);
  record_.route = tools_.recorder.route();
  record_.user_agent = tools_.recorder.user_agent(request.header("user-agent"));
  record_.request_bytes = request.body.size();
  record_.sampled = tools_.recorder.traces.sample();
  if (record_.sampled) {
    record_.trace = tools_.recorder.traces.trace_id();
    span_ = tools_.recorder.traces.span_id();
  }
  waited_ = std::chrono::ceil<std::chrono::milliseconds>(request.waited);
  if (waited_ >= snapshot_->settings->config.client_timeout) return timed_out();
  auto decoded = is_get_ ? decode_get(query_of(request.target)) : decode_post(request.body);
  if (!decoded) return fail({{decoded.error().code, decoded.error().message, {}}});
  run(std::move(*decoded));
}

void RequestRun::run(GraphqlRequest request) {
  static const policy::PersistedOperations kNone;
  const auto& persisted = snapshot_->operations ? *snapshot_->operations : kNone;
  const policy::RequestedOperation wanted{.text = request.query, .id = request.persisted_id};
  auto text = persisted.resolve(snapshot_->settings->config.operations.mode, wanted);
  if (!text) return fail({{text.error().code, text.error().message, {}}});
  variables_json_ = std::move(request.variables);

  const auto key = OperationKey::of(*text, request.operation_name);
  CachedOperation* known = tools_.cache.find(snapshot_->generation, key);
  if (known == nullptr) {
    return ask({.snapshot = snapshot_, .hash = key.hash, .text = std::string(*text), .name = request.operation_name});
  }
  tools_.recorder.metrics.add(MetricId::plan_cache_hits, {});
  operation_ = known->operation();
  if (!take_variables()) return;
  if (const OperationVariant* variant = known->variant(condition_mask_)) return execute(*variant);
  ask({.snapshot = snapshot_, .operation = known->shared(), .condition_mask = condition_mask_});
}

void RequestRun::ask(PlanQuestion question) {
  start_waiting();
  const SteadyTime deadline = started_ + snapshot_->settings->config.client_timeout;
  auto reply = [weak = weak_from_this()](const Planned& planned) {
    if (const auto self = weak.lock()) self->planned(planned);
  };
  if (!tools_.planners.ask(std::move(question), deadline, tools_.loop, std::move(reply))) planned(*planner_busy());
}

// The planners' answer: first to the question for the operation, then, where that brought no plan for these variables,
// to the one for the plan.
void RequestRun::planned(const Planned& planned) {
  if (answered_) return;
  if (!planned.errors.empty() && planned.errors.front().code == ErrorCode::PLANNER_BUSY) {
    tools_.recorder.metrics.add(MetricId::planner_refused, {});
  } else if (!operation_) {
    tools_.recorder.metrics.add(planned.cached ? MetricId::plan_cache_hits : MetricId::plan_cache_misses, {});
  }
  if (!planned.operation) return fail(planned.errors);
  if (planned.errors.empty()) tools_.cache.insert(snapshot_->generation, planned.operation, planned.variants);
  if (!operation_) {
    operation_ = planned.operation;
    if (!take_variables()) return;
  }
  const auto variant = std::ranges::find(planned.variants, condition_mask_, &OperationVariant::condition_mask);
  if (variant != planned.variants.end()) return execute(*variant);
  if (!planned.errors.empty()) return fail(planned.errors);
  ask({.snapshot = snapshot_, .operation = operation_, .condition_mask = condition_mask_});
}

// What the operation is needed for before its plan. False: the request is answered.
bool RequestRun::take_variables() {
  for (const auto& limit : operation_->measured) {
    tools_.recorder.metrics.add(MetricId::limit_exceeded, AttributeSet().limit_name(limit));
  }
  if (is_get_ && operation_->type() != graphql::OperationType::query) {
    error_ = ErrorCode::METHOD_NOT_ALLOWED;
    answer(405, error_body(Error{ErrorCode::METHOD_NOT_ALLOWED, "mutations are sent by POST"}), "Allow: POST\r\n");
    return false;
  }
  const schema::Schema& schema = snapshot_->graph->supergraph.schema;
  auto variables = operation::coerce_variables(operation_->document, schema, operation_->operation, variables_json_);
  if (!variables) {
    fail(variables.error());
    return false;
  }
  variables_ = std::move(*variables);
  const auto mask =
      operation::condition_mask(operation_->conditions, operation_->document, operation_->operation, variables_);
  if (!mask) {
    fail({mask.error()});
    return false;
  }
  condition_mask_ = *mask;
  return true;
}

void RequestRun::execute(const OperationVariant& variant) {
  usage_ = variant.usage;
  record_.operation_type = usage_->type;
  record_.operation_name = usage_->name;
  record_.operation_hash = usage_->hash;
  execution_ =
      std::make_unique<execution::Execution>(snapshot_->graph->supergraph, variant.plan, std::move(variables_),
                                             snapshot_->settings->execution, variant.introspection, tools_.workspace);
  start_waiting();
  execution_->start([this](execution::FetchRequest&& request) { send_fetch(std::move(request)); });
  if (execution_->done()) answer_execution();
}

// From here on others have the word: planners, subgraphs, the clock, and the client, who may leave.
void RequestRun::start_waiting() {
  if (deadline_) return;
  deadline_ = tools_.loop.after(snapshot_->settings->config.client_timeout - waited_,
                                [self = shared_from_this()] { self->timed_out(); });
  responder_.on_abandoned([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->abandoned();
  });
}

void RequestRun::send_fetch(execution::FetchRequest&& request) {
  const SubgraphEndpoint& endpoint = (*snapshot_->endpoints)[request.subgraph];
  ++record_.fetches;
  const auto fetch = fetches_.emplace(fetches_.end(), shared_from_this(), request.id, request.subgraph, endpoint);
  fetch->place = fetch;
  fetch->started = tools_.clock.steady();
  http::Request out{.to = endpoint.to, .headers = {}, .body = std::move(request.body), .idempotent = !request.mutation};
  if (record_.sampled) {
    fetch->span = tools_.recorder.traces.span_id();
    out.headers.add("traceparent", fmt::format("00-{}-{}-01", hex_encode(record_.trace), hex_encode(fetch->span)));
  }
  fetch->exchange = tools_.transport.send(std::move(out), fetch->started + endpoint.timeout, *fetch);
}

void RequestRun::record_fetch(const Fetch& fetch, const http::Outcome& outcome) {
  const SteadyTime now = tools_.clock.steady();
  AttributeSet attributes;
  attributes.subgraph_name((*snapshot_->endpoints)[fetch.subgraph].label);
  if (outcome) {
    if (outcome->status >= 100 && outcome->status <= 599) {
      attributes.http_response_status_code(int64_t{outcome->status});
    }
  } else {
    attributes.error_type(tools_.recorder.error(to_code(outcome.error().error)));
    tools_.recorder.subgraph_trouble((*snapshot_->endpoints)[fetch.subgraph].label, outcome.error());
  }
  tools_.recorder.metrics.observe(MetricId::client_duration, attributes,
                                  std::chrono::duration<double>(now - fetch.started).count());
  if (!record_.sampled) return;
  telemetry::Span span{.trace = record_.trace, .id = fetch.span, .parent = span_};
  span.name = telemetry::SpanName::fetch;
  span.kind = telemetry::SpanKind::client;
  span.start = wall(fetch.started);
  span.end = wall(now);
  span.error = !outcome || outcome->status >= 400;
  span.attributes = attributes;
  tools_.recorder.span(span);
}

void RequestRun::fetched(Fetch& fetch, http::Outcome outcome) {
  record_fetch(fetch, outcome);
  const execution::RequestId id = fetch.id;
  execution::FetchResult result = ErrorCode::SUBGRAPH_UNREACHABLE;
  if (outcome) {
    LentText body = fetch.body.view().empty() ? LentText(std::move(outcome->body)) : std::move(fetch.body);
    result = execution::HttpAnswer{static_cast<uint16_t>(outcome->status), std::move(body)};
  } else {
    result = to_code(outcome.error().error);
  }
  fetches_.erase(fetch.place);
  if (answered_) return;
  execution_->complete(id, std::move(result), [this](execution::FetchRequest&& next) { send_fetch(std::move(next)); });
  if (execution_->done()) answer_execution();
}

void RequestRun::cancel_fetches() {
  for (Fetch& fetch : fetches_) fetch.exchange->cancel();
  fetches_.clear();
}

// Nobody waits for an answer: the work ends here, and the log says why.
void RequestRun::abandoned() {
  if (answered_) return;
  constexpr int kClientClosedRequest = 499;  // nginx's, which operators know
  const auto self = shared_from_this();
  cancel_fetches();
  tools_.recorder.metrics.add(MetricId::requests_cancelled, {});
  record_end(kClientClosedRequest, 0);
}

void RequestRun::timed_out() {
  if (answered_) return;
  const auto self = shared_from_this();
  cancel_fetches();
  error_ = ErrorCode::ROUTER_TIMEOUT;
  answer(504, error_body(Error{ErrorCode::ROUTER_TIMEOUT, "the request took longer than timeouts.client allows"}));
}

void RequestRun::answer_execution() {
  std::string body = responder_.buffer();
  execution_->write_response(body);
  record_.errors = static_cast<uint32_t>(execution_->error_count());
  answer(policy::status_of_result(record_.errors > 0, snapshot_->settings->config.status_policy), std::move(body));
}

void RequestRun::fail(const DocumentErrors& errors) {
  error_ = errors.front().code;
  record_.errors = static_cast<uint32_t>(errors.size());
  answer(policy::status_of_error(*error_, snapshot_->settings->config.status_policy, edge_.response_type),
         error_body(errors), info(*error_).http_status == 503 ? "Retry-After: 1\r\n" : "");
}

void RequestRun::answer(int status, std::string body, std::string_view extra_fields) {
  record_end(status, body.size());
  std::string fields(content_type_field(edge_.response_type));
  fields.append(edge_.cors_fields).append(extra_fields);
  responder_.send({.status = status, .fields = std::move(fields), .body = std::move(body), .close = false});
}

// The spans of one request lie to each other as they were, even when somebody sets the clock.
WallTime RequestRun::wall(SteadyTime time) const {
  return record_.time + (time - started_);
}

void RequestRun::record_end(int status, size_t body_bytes) {
  answered_ = true;
  deadline_.reset();
  Recorder& recorder = tools_.recorder;
  const SteadyTime now = tools_.clock.steady();
  if (error_) record_.error = recorder.error(*error_);
  record_.status = static_cast<uint16_t>(status);
  record_.response_bytes = body_bytes;
  record_.duration_us =
      static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now - started_).count());
  AttributeSet attributes = recorder.request(record_);
  if (usage_) recorder.usage(usage_, record_.errors > 0);
  if (record_.sampled) {
    telemetry::Span span{.trace = record_.trace, .id = span_};
    span.name = !operation_                                              ? telemetry::SpanName::http
                : operation_->type() == graphql::OperationType::mutation ? telemetry::SpanName::mutation
                                                                         : telemetry::SpanName::query;
    span.kind = telemetry::SpanKind::server;
    span.start = record_.time;
    span.end = wall(now);
    span.error = status >= 500;
    span.attributes = attributes.http_route(record_.route)
                          .graphql_operation_type(record_.operation_type)
                          .graphql_operation_name(record_.operation_name)
                          .operation_hash(record_.operation_hash)
                          .user_agent_name(record_.user_agent)
                          .error_type(record_.error)
                          .request_body_size(rounded(record_.request_bytes))
                          .response_body_size(rounded(record_.response_bytes))
                          .fetch_count(int64_t{record_.fetches})
                          .error_count(int64_t{record_.errors});
    recorder.span(span);
  }
}

}  // namespace signet::app
