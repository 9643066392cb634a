// Any operation over graphs that are in order: refused for what it is, or planned soundly and always in the same way.
//
// The first byte picks the graph, the rest is the operation.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "router/federation/plan_json.hpp"
#include "router/federation/plan_print.hpp"
#include "router/json/document.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/planning.hpp"

namespace {

const signet::federation::Supergraph& graph(uint8_t pick) {
  static const auto shop = signet::federation::load_supergraph(signet::testing::golden_supergraph("shop"));
  static const auto library = signet::federation::load_supergraph(signet::testing::golden_supergraph("library"));
  if (!shop || !library) std::abort();
  return pick == 'l' ? *library : *shop;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const signet::federation::Supergraph& supergraph = graph(data[0]);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  // The verifier runs inside; both graphs passed the self-check, so that nothing may be out of reach.
  const signet::testing::Planned first = signet::testing::plan_text(supergraph, text);
  if (first.error.starts_with("PLAN_FAILED")) std::abort();
  if (!first.plan) return 0;
  const signet::testing::Planned again = signet::testing::plan_text(supergraph, text);
  if (!again.plan) std::abort();
  if (signet::federation::print_plan(supergraph, *first.plan, true) !=
      signet::federation::print_plan(supergraph, *again.plan, true)) {
    std::abort();
  }
  if (!signet::json::Document::parse(signet::federation::print_plan_json(supergraph, *first.plan))) std::abort();
  for (const auto& request : first.plan->requests) {
    if (!signet::graphql::parse_executable(request.document)) std::abort();
  }
  return 0;
}
