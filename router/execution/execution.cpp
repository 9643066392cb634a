#include "router/execution/execution.hpp"

#include <vector>

#include "router/base/check.hpp"
#include "router/execution/errors.hpp"
#include "router/execution/introspection.hpp"
#include "router/execution/projection.hpp"
#include "router/execution/reader.hpp"
#include "router/execution/representation.hpp"
#include "router/execution/store.hpp"

namespace signet::execution {

using federation::Plan;
using federation::Request;

namespace {

std::string_view failure_message(ErrorCode code) {
  switch (code) {
    case ErrorCode::SUBGRAPH_TIMEOUT:
      return "the subgraph did not answer in time";
    case ErrorCode::SUBGRAPH_PROTOCOL:
      return "the subgraph's answer is not valid HTTP";
    case ErrorCode::SUBGRAPH_RESPONSE_TOO_LARGE:
      return "the subgraph's answer is too large";
    case ErrorCode::SUBGRAPH_EGRESS_DENIED:
      return "the subgraph's address is not allowed";
    case ErrorCode::ROUTER_TIMEOUT:
      return "the request took too long";
    default:
      return "the subgraph cannot be reached";
  }
}

}  // namespace

struct Execution::Impl {
  enum class State : uint8_t { waiting, outstanding, complete };
  struct Run {
    State state = State::waiting;
    uint32_t missing = 0;                   ///< dependencies that are not complete
    std::vector<uint32_t> representations;  ///< that were sent, by list
  };

  Impl(const federation::Supergraph& of, std::shared_ptr<const Plan> planned, operation::CoercedVariables given,
       Settings chosen, std::shared_ptr<const IntrospectionAnswers> known)
      : supergraph(of),
        plan(std::move(planned)),
        variables(std::move(given)),
        settings(std::move(chosen)),
        answers(std::move(known)),
        store(*plan) {
    runs.resize(plan->requests.size());
    for (size_t i = 0; i < runs.size(); ++i) {
      runs[RequestId(i)].missing = static_cast<uint32_t>(plan->requests[RequestId(i)].dependencies.size());
    }
  }

  /// Starts `ready` and whatever becomes ready because a request has nothing to ask.
  void run(std::vector<RequestId> ready, StartFetch start_fetch) {
    while (!ready.empty()) {
      const RequestId id = ready.back();
      ready.pop_back();
      if (begin(id, start_fetch)) continue;
      release(id, ready);
    }
  }

  /// False when there is nothing to ask: the request is complete at once.
  bool begin(RequestId id, StartFetch start_fetch) {
    const Request& planned = plan->requests[id];
    FetchRequest request{
        .id = id, .subgraph = planned.subgraph, .mutation = planned.mutation, .body = planned.body_prefix};
    bool comma = false;
    if (planned.lists.empty()) {
      const FetchId fetch = planned.fetches.front();
      if (!plan->fetches[fetch].at_root && link_reentry(*plan, store, fetch) == 0) return false;
    } else {
      if (!write_lists(id, request.body)) return false;
      comma = true;
    }
    for (const federation::FetchVariable& variable : planned.variables) {
      const operation::CoercedVariable& value = variables[variable.variable];
      if (!value.present) continue;
      if (comma) request.body += ',';
      comma = true;
      request.body += variable.name_json;
      request.body += value.json;
    }
    request.body += "}}";
    runs[id].state = State::outstanding;
    ++outstanding;
    start_fetch(std::move(request));
    return true;
  }

  /// Appends the representations of every list. False when there are none at all.
  bool write_lists(RequestId id, std::string& body) {
    const Request& planned = plan->requests[id];
    bool any = false;
    for (const federation::EntityList& list : planned.lists) {
      if (&list != planned.lists.data()) body += ',';
      body += list.representations;
      RepresentationList representations(*plan, store, body);
      for (FetchId fetch : list.fetches) {
        if (!representations.add(fetch)) fail(fetch, ErrorCode::SUBGRAPH_RESPONSE_TOO_LARGE);
      }
      runs[id].representations.push_back(representations.finish());
      any = any || runs[id].representations.back() > 0;
    }
    return any;
  }

  /// Marks `id` complete; dependents that wait for nothing else go to `ready`.
  void release(RequestId id, std::vector<RequestId>& ready) {
    runs[id].state = State::complete;
    const std::vector<RequestId>& dependents = plan->requests[id].dependents;
    for (auto at = dependents.rbegin(); at != dependents.rend(); ++at) {
      if (--runs[*at].missing == 0 && !abandoned) ready.push_back(*at);
    }
  }

  void fail(FetchId id, ErrorCode code) {
    fetch_errors.push_back({.fetch = id,
                            .number = kNone,
                            .tail = {},
                            .code = code,
                            .subgraph_code = {},
                            .message = std::string(failure_message(code))});
  }

  void fail(RequestId id, ErrorCode code) {
    for (FetchId fetch : plan->requests[id].fetches) fail(fetch, code);
  }

  const federation::Supergraph& supergraph;
  std::shared_ptr<const Plan> plan;
  operation::CoercedVariables variables;
  Settings settings;
  std::shared_ptr<const IntrospectionAnswers> answers;
  Store store;
  IdVector<RequestId, Run> runs;
  size_t outstanding = 0;
  bool abandoned = false;
  std::vector<FetchError> fetch_errors;
  std::vector<ClientError> errors;
};

Execution::Execution(const federation::Supergraph& supergraph, std::shared_ptr<const Plan> plan,
                     operation::CoercedVariables variables, Settings settings,
                     std::shared_ptr<const IntrospectionAnswers> answers)
    : impl_(std::make_unique<Impl>(supergraph, std::move(plan), std::move(variables), std::move(settings),
                                   std::move(answers))) {}

Execution::~Execution() = default;

void Execution::start(StartFetch start_fetch) {
  std::vector<RequestId> ready;
  for (size_t i = impl_->runs.size(); i > 0; --i) {
    if (impl_->runs[RequestId(i - 1)].missing == 0) ready.emplace_back(i - 1);
  }
  impl_->run(std::move(ready), start_fetch);
}

void Execution::complete(RequestId id, FetchResult result, StartFetch start_fetch) {
  if (SIGNET_BUG(!impl_->runs.contains(id) || impl_->runs[id].state != Impl::State::outstanding)) return;
  --impl_->outstanding;
  if (auto* answer = std::get_if<HttpAnswer>(&result)) {
    read_answer(*impl_->plan, impl_->settings, id, impl_->runs[id].representations, std::move(*answer), impl_->store,
                impl_->fetch_errors);
  } else {
    impl_->fail(id, std::get<ErrorCode>(result));
  }
  std::vector<RequestId> ready;
  impl_->release(id, ready);
  impl_->run(std::move(ready), start_fetch);
}

bool Execution::done() const {
  return impl_->outstanding == 0;
}

void Execution::abandon(ErrorCode reason) {
  impl_->abandoned = true;
  for (size_t i = 0; i < impl_->runs.size(); ++i) {
    if (impl_->runs[RequestId(i)].state != Impl::State::outstanding) continue;
    impl_->fail(RequestId(i), reason);
    impl_->runs[RequestId(i)].state = Impl::State::complete;
  }
  impl_->outstanding = 0;
}

void Execution::write_response(std::string& out) {
  Impl& impl = *impl_;
  Explained explained;
  place_errors(*impl.plan, impl.store, impl.fetch_errors, impl.errors, explained);
  const Introspection introspection(*impl.plan, impl.supergraph.schema, impl.variables, impl.answers.get());
  // Entities are written wherever they stand: twice what came is rarely too little, and what is not used costs nothing.
  out.reserve(out.size() + 64 + 2 * impl.store.answer_bytes);
  out += "{\"data\":";
  Projection(*impl.plan, impl.supergraph.schema, impl.store, introspection, explained, impl.errors, out)
      .write(impl.settings.answer_bytes_max);
  if (!impl.errors.empty()) {
    out += ',';
    write_errors(impl.errors, out);
  }
  out += '}';
}

size_t Execution::error_count() const {
  return impl_->errors.size();
}

}  // namespace signet::execution
