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

using federation::Fetch;
using federation::FetchKind;
using federation::Plan;

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
    uint32_t missing = 0;          ///< dependencies that are not complete
    uint32_t representations = 0;  ///< that were sent
  };

  Impl(const federation::Supergraph& of, std::shared_ptr<const Plan> planned, operation::CoercedVariables given,
       Settings chosen)
      : supergraph(of),
        plan(std::move(planned)),
        variables(std::move(given)),
        settings(std::move(chosen)),
        store(*plan) {
    runs.resize(plan->fetches.size());
    for (size_t i = 0; i < runs.size(); ++i) {
      runs[FetchId(i)].missing = static_cast<uint32_t>(plan->fetches[FetchId(i)].dependencies.size());
    }
  }

  /// Starts `ready` and whatever becomes ready because a fetch has nothing to ask.
  void run(std::vector<FetchId> ready, StartFetch start_fetch) {
    while (!ready.empty()) {
      const FetchId id = ready.back();
      ready.pop_back();
      if (begin(id, start_fetch)) continue;
      release(id, ready);
    }
  }

  /// False when there is nothing to ask: the fetch is complete at once.
  bool begin(FetchId id, StartFetch start_fetch) {
    const Fetch& fetch = plan->fetches[id];
    FetchRequest request{.id = id, .subgraph = fetch.subgraph, .mutation = fetch.mutation, .body = fetch.body_prefix};
    bool comma = false;
    if (fetch.kind == FetchKind::entity) {
      request.body += fetch.representations;
      const std::optional<size_t> count = build_representations(*plan, store, id, request.body);
      if (!count) fail(id, ErrorCode::SUBGRAPH_RESPONSE_TOO_LARGE);
      if (count.value_or(0) == 0) return false;
      runs[id].representations = static_cast<uint32_t>(*count);
      comma = true;
    } else if (!fetch.at_root && link_reentry(*plan, store, id) == 0) {
      return false;
    }
    for (const federation::FetchVariable& variable : fetch.variables) {
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

  /// Marks `id` complete; dependents that wait for nothing else go to `ready`.
  void release(FetchId id, std::vector<FetchId>& ready) {
    runs[id].state = State::complete;
    const std::vector<FetchId>& dependents = plan->fetches[id].dependents;
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

  const federation::Supergraph& supergraph;
  std::shared_ptr<const Plan> plan;
  operation::CoercedVariables variables;
  Settings settings;
  Store store;
  IdVector<FetchId, Run> runs;
  size_t outstanding = 0;
  bool abandoned = false;
  std::vector<FetchError> fetch_errors;
  std::vector<ClientError> errors;
};

Execution::Execution(const federation::Supergraph& supergraph, std::shared_ptr<const Plan> plan,
                     operation::CoercedVariables variables, Settings settings)
    : impl_(std::make_unique<Impl>(supergraph, std::move(plan), std::move(variables), std::move(settings))) {}

Execution::~Execution() = default;

void Execution::start(StartFetch start_fetch) {
  std::vector<FetchId> ready;
  for (size_t i = impl_->runs.size(); i > 0; --i) {
    if (impl_->runs[FetchId(i - 1)].missing == 0) ready.emplace_back(i - 1);
  }
  impl_->run(std::move(ready), start_fetch);
}

void Execution::complete(FetchId id, FetchResult result, StartFetch start_fetch) {
  if (SIGNET_BUG(!impl_->runs.contains(id) || impl_->runs[id].state != Impl::State::outstanding)) return;
  --impl_->outstanding;
  if (const auto* answer = std::get_if<HttpAnswer>(&result)) {
    read_answer(*impl_->plan, impl_->settings, id, impl_->runs[id].representations, *answer, impl_->store,
                impl_->fetch_errors);
  } else {
    impl_->fail(id, std::get<ErrorCode>(result));
  }
  std::vector<FetchId> ready;
  impl_->release(id, ready);
  impl_->run(std::move(ready), start_fetch);
}

bool Execution::done() const {
  return impl_->outstanding == 0;
}

void Execution::abandon(ErrorCode reason) {
  impl_->abandoned = true;
  for (size_t i = 0; i < impl_->runs.size(); ++i) {
    if (impl_->runs[FetchId(i)].state != Impl::State::outstanding) continue;
    impl_->fail(FetchId(i), reason);
    impl_->runs[FetchId(i)].state = Impl::State::complete;
  }
  impl_->outstanding = 0;
}

void Execution::write_response(std::string& out) {
  Impl& impl = *impl_;
  ExplainedPaths explained;
  place_errors(*impl.plan, impl.store, impl.fetch_errors, impl.errors, explained);
  const Introspection introspection(*impl.plan, impl.supergraph.schema, impl.variables);
  out += "{\"data\":";
  Projection projection(*impl.plan, impl.supergraph.schema, impl.store, introspection, explained, impl.errors, out);
  projection.write(impl.settings.answer_bytes_max);
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
