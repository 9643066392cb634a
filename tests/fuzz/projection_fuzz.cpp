// Any operation with any answers of subgraphs: the client gets well-formed JSON, and an object as data or null.
//
// The input is cut at NUL bytes: first the operation over the shop graph, then one answer for each request, the last
// one for all that follow.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "router/execution/execution.hpp"
#include "router/json/document.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/planning.hpp"

namespace {

using signet::execution::Execution;
using signet::execution::FetchRequest;

/// Takes the next piece; the last one again and again.
std::string_view next(std::string_view& rest) {
  const size_t end = rest.find('\0');
  const std::string_view piece = rest.substr(0, end);
  if (end != std::string_view::npos) rest.remove_prefix(end + 1);
  return piece;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto supergraph = signet::federation::load_supergraph(signet::testing::golden_supergraph("shop"));
  if (!supergraph) std::abort();
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const signet::testing::Planned planned = signet::testing::plan_text(*supergraph, next(rest));
  if (!planned.plan) return 0;

  std::vector<FetchRequest> open;
  const auto take = [&](FetchRequest&& request) {
    if (!signet::json::Document::parse(request.body)) std::abort();
    open.push_back(std::move(request));
  };
  Execution execution(*supergraph, planned.plan, planned.variables,
                      {.show_subgraph_messages = true, .extension_codes = {}, .answer_bytes_max = 1u << 20});
  execution.start(take);
  while (!open.empty()) {
    const FetchRequest request = std::move(open.back());
    open.pop_back();
    execution.complete(request.id, signet::execution::HttpAnswer{.status = 200, .body = std::string(next(rest))}, take);
  }
  if (!execution.done()) std::abort();
  std::string out;
  execution.write_response(out);
  const auto answer = signet::json::Document::parse(out);
  if (!answer) std::abort();
  const auto answered = answer->find(answer->root(), "data");
  if (!answered) std::abort();
  if (!answer->is_null(answered) && answer->kind(answered) != signet::json::Kind::object) std::abort();
  return 0;
}
