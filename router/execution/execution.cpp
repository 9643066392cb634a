#include "router/execution/execution.hpp"

#include <span>
#include <vector>

#include "router/base/allocator.hpp"
#include "router/base/check.hpp"
#include "router/execution/errors.hpp"
#include "router/execution/introspection.hpp"
#include "router/execution/projection.hpp"
#include "router/execution/reader.hpp"
#include "router/execution/representation.hpp"
#include "router/execution/store.hpp"
#include "router/execution/workspace.hpp"

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
    uint32_t missing = 0;  ///< dependencies that are not complete
    uint32_t first_count = 0;
  };

  Impl(const federation::Supergraph& of, std::shared_ptr<const Plan> planned, operation::CoercedVariables given,
       Settings chosen, std::shared_ptr<const IntrospectionAnswers> known, std::shared_ptr<Workspace> room)
      : supergraph(of),
        plan(std::move(planned)),
        variables(std::move(given)),
        settings(std::move(chosen)),
        answers(std::move(known)),
        workspace(room ? std::move(room) : std::make_shared<Workspace>()),
        owned_store(workspace->take_store(*plan)),
        store(*owned_store) {
    runs.resize(plan->requests.size());
    for (size_t i = 0; i < runs.size(); ++i) {
      runs[RequestId(i)].missing = static_cast<uint32_t>(plan->requests[RequestId(i)].dependencies.size());
    }
  }

  ~Impl() {
    workspace->give_back(std::move(owned_store));
    workspace->trim();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  /// Starts `ready` and whatever becomes ready because a request has nothing to ask.
  void run(StartFetch start_fetch) {
    while (!ready.empty()) {
      const RequestId id = ready.back();
      ready.pop_back();
      if (begin(id, start_fetch)) continue;
      release(id);
    }
  }

  /// False when there is nothing to ask: the request is complete at once.
  bool begin(RequestId id, StartFetch start_fetch) {
    const Request& planned = plan->requests[id];
    std::string& body = workspace->body;
    body = planned.body_prefix;
    bool comma = false;
    if (planned.lists.empty()) {
      const FetchId fetch = planned.fetches.front();
      if (!plan->fetches[fetch].at_root && link_reentry(*plan, store, fetch) == 0) return false;
    } else {
      if (!write_lists(id, body)) return false;
      comma = true;
    }
    for (const federation::FetchVariable& variable : planned.variables) {
      const operation::CoercedVariable& value = variables[variable.variable];
      if (!value.present) continue;
      if (comma) body += ',';
      comma = true;
      body += variable.name_json;
      body += value.json;
    }
    body += "}}";
    runs[id].state = State::outstanding;
    ++outstanding;
    start_fetch({.id = id, .subgraph = planned.subgraph, .mutation = planned.mutation, .body = body});
    return true;
  }

  /// Appends the representations of every list. False when there are none at all.
  bool write_lists(RequestId id, std::string& body) {
    const Request& planned = plan->requests[id];
    bool any = false;
    runs[id].first_count = static_cast<uint32_t>(counts.size());
    for (const federation::EntityList& list : planned.lists) {
      if (&list != planned.lists.data()) body += ',';
      body += list.representations;
      RepresentationList representations(*plan, store, body, workspace->representations);
      for (FetchId fetch : list.fetches) {
        if (!representations.add(fetch)) fail(fetch, ErrorCode::SUBGRAPH_RESPONSE_TOO_LARGE);
      }
      counts.push_back(representations.finish());
      any = any || counts.back() > 0;
    }
    return any;
  }

  /// How many representations were sent, by list.
  std::span<const uint32_t> counts_of(RequestId id) const {
    return std::span(counts).subspan(runs[id].first_count, plan->requests[id].lists.size());
  }

  /// Marks `id` complete; dependents that wait for nothing else go to `ready`.
  void release(RequestId id) {
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
  std::shared_ptr<Workspace> workspace;
  std::unique_ptr<Store> owned_store;
  Store& store;
  IdVector<RequestId, Run> runs;
  std::vector<RequestId> ready;  ///< to be started, the next one last
  std::vector<uint32_t> counts;  ///< see counts_of()
  size_t outstanding = 0;
  bool abandoned = false;
  std::vector<FetchError> fetch_errors;
  std::vector<ClientError> errors;
};

Execution::Execution(const federation::Supergraph& supergraph, std::shared_ptr<const Plan> plan,
                     operation::CoercedVariables variables, Settings settings,
                     std::shared_ptr<const IntrospectionAnswers> answers, std::shared_ptr<Workspace> workspace)
    : impl_(std::make_unique<Impl>(supergraph, std::move(plan), std::move(variables), std::move(settings),
                                   std::move(answers), std::move(workspace))) {}

Execution::~Execution() = default;

void Execution::start(StartFetch start_fetch) {
  for (size_t i = impl_->runs.size(); i > 0; --i) {
    if (impl_->runs[RequestId(i - 1)].missing == 0) impl_->ready.emplace_back(i - 1);
  }
  impl_->run(start_fetch);
}

void Execution::complete(RequestId id, FetchResult result, StartFetch start_fetch) {
  if (SIGNET_BUG(!impl_->runs.contains(id) || impl_->runs[id].state != Impl::State::outstanding)) return;
  --impl_->outstanding;
  if (auto* answer = std::get_if<HttpAnswer>(&result)) {
    read_answer(*impl_->plan, impl_->settings, id, impl_->counts_of(id), std::move(*answer), *impl_->workspace,
                impl_->store, impl_->fetch_errors);
  } else {
    impl_->fail(id, std::get<ErrorCode>(result));
  }
  impl_->release(id);
  impl_->run(start_fetch);
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
  expect_to_fill(out.data(), impl.store.answer_bytes);
  out += "{\"data\":";
  Projection(*impl.plan, impl.supergraph.schema, impl.store, introspection, explained, impl.errors,
             impl.workspace->written, out)
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
