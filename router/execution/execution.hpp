// One operation being executed: which subgraph requests are due, and the answer made from their results.
//
// No sockets, no clock: the caller sends each FetchRequest and brings back a FetchResult, in any order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "router/base/error.hpp"
#include "router/base/function_ref.hpp"
#include "router/base/lent_text.hpp"
#include "router/federation/plan.hpp"
#include "router/federation/supergraph.hpp"
#include "router/operation/coercion.hpp"

namespace signet::execution {

using federation::RequestId;
using federation::SubgraphId;

class IntrospectionAnswers;
class Workspace;

struct Settings {
  bool show_subgraph_messages = false;       ///< errors.subgraph_messages: shown
  std::vector<std::string> extension_codes;  ///< subgraph codes that clients may see; others are masked
  /// Entities are stored once but written wherever they stand, so that small bodies can make a vast answer.
  size_t answer_bytes_max = 64u << 20;
};

/// A GraphQL request that is due. `body` is the JSON to POST.
struct FetchRequest {
  RequestId id;
  SubgraphId subgraph;
  bool mutation = false;
  std::string body;
};

struct HttpAnswer {
  uint16_t status = 200;
  LentText body;  ///< lent, it is needed for the time of complete() only
};

/// What became of a request: an HTTP answer, or the reason why there is none (SUBGRAPH_UNREACHABLE, SUBGRAPH_TIMEOUT,
/// SUBGRAPH_PROTOCOL, SUBGRAPH_RESPONSE_TOO_LARGE, SUBGRAPH_EGRESS_DENIED).
using FetchResult = std::variant<HttpAnswer, ErrorCode>;

using StartFetch = FunctionRef<void(FetchRequest&&)>;

/// Lifetime: keeps the plan alive; `supergraph` must be the one it was planned for and outlive the execution.
/// Threads: one.
class Execution {
 public:
  /// `answers` are those of the plan; without them introspection is written anew. `workspace` is shared by the
  /// executions of a thread; without it this one has its own.
  Execution(const federation::Supergraph& supergraph, std::shared_ptr<const federation::Plan> plan,
            operation::CoercedVariables variables, Settings settings = {},
            std::shared_ptr<const IntrospectionAnswers> answers = nullptr,
            std::shared_ptr<Workspace> workspace = nullptr);
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  /// Hands out the requests that depend on nothing. Once; done() may be true right after.
  void start(StartFetch start_fetch);
  /// Takes one result, once for each request, and hands out what has become due. `start_fetch` must not call back
  /// into the execution before it returns.
  void complete(RequestId id, FetchResult result, StartFetch start_fetch);
  /// True when no request is outstanding.
  bool done() const;
  /// Completes every outstanding request with `reason` (ROUTER_TIMEOUT, SHUTTING_DOWN, …); nothing new is started, and
  /// complete() must not follow.
  void abandon(ErrorCode reason);
  /// Appends `{"data":…}` or `{"data":…,"errors":[…]}`. Only when done(), once.
  void write_response(std::string& out);
  /// After write_response(): the number of entries in `errors`.
  size_t error_count() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace signet::execution
