// Planning: what an operation costs that is not in the cache. Targets: performance.md.
#include <benchmark/benchmark.h>

#include "tests/bench/micro/allocations.hpp"
#include "tests/bench/micro/heavy.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/hard_plan.hpp"

namespace signet::bench {
namespace {

using federation::Supergraph;

const Supergraph& hard_graph() {
  static const Supergraph graph = *federation::load_supergraph(testing::hard_supergraph());
  return graph;
}

/// Text to plan, as a cache miss does it.
void whole(benchmark::State& state, const Supergraph& graph, const std::string& text) {
  const AllocationCounter allocations(state);
  for (auto unused : state) {
    const testing::Planned planned = testing::plan_text(graph, text);
    if (!planned.plan) return state.SkipWithError(planned.error.c_str());
    benchmark::DoNotOptimize(planned.plan.get());
  }
}

/// Normalised operation to plan.
void plan_only(benchmark::State& state, const Supergraph& graph, const std::string& text) {
  const auto document = graphql::parse_executable(text);
  const auto normalized = operation::normalize(*document, graph.schema, *operation::select_operation(*document, {}), 0);
  const AllocationCounter allocations(state);
  for (auto unused : state) {
    const auto planned = federation::plan(graph, *document, *normalized);
    if (!planned) return state.SkipWithError(planned.error().message.c_str());
    benchmark::DoNotOptimize(planned->get());
  }
}

void load_heavy_graph(benchmark::State& state) {
  const std::string sdl = testing::read_file(testing::golden_folder() / "../../router/demo/supergraph.graphql");
  const AllocationCounter allocations(state);
  for (auto unused : state) benchmark::DoNotOptimize(federation::load_supergraph(sdl));
}

void heavy_text_to_plan(benchmark::State& state) {
  whole(state, heavy_graph(), heavy_operation());
}
void heavy_plan(benchmark::State& state) {
  plan_only(state, heavy_graph(), heavy_operation());
}
void hard_text_to_plan(benchmark::State& state) {
  whole(state, hard_graph(), testing::hard_operation());
}
void hard_plan(benchmark::State& state) {
  plan_only(state, hard_graph(), testing::hard_operation());
}

BENCHMARK(heavy_plan)->Unit(benchmark::kMicrosecond);
BENCHMARK(heavy_text_to_plan)->Unit(benchmark::kMicrosecond);
BENCHMARK(hard_plan)->Unit(benchmark::kMicrosecond);
BENCHMARK(hard_text_to_plan)->Unit(benchmark::kMicrosecond);
BENCHMARK(load_heavy_graph)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace signet::bench
