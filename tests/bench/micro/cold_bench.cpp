// A cold operation as the router meets it: text to prepared operation and plan, telemetry's template included. The
// operations are workload d's in turn; `median_us` is that of the single ones.
#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <fstream>

#include "router/app/prepared_operation.hpp"
#include "tests/bench/micro/allocations.hpp"
#include "tests/support/golden.hpp"

namespace signet::bench {
namespace {

std::vector<std::string> operations() {
  std::vector<std::string> found;
  std::ifstream file(SIGNET_BENCH_OPERATIONS);
  for (std::string line; std::getline(file, line);) found.push_back(line);
  return found;
}

std::shared_ptr<const app::Snapshot> demo_snapshot() {
  auto graph = federation::load_supergraph(
      testing::read_file(testing::golden_folder() / "../../router/demo/supergraph.graphql"));
  return std::make_shared<const app::Snapshot>(
      app::Snapshot{.generation = 1,
                    .settings = *app::Settings::make({}, true),
                    .graph = std::make_shared<const app::Graph>(app::Graph{{}, std::move(*graph)}),
                    .endpoints = nullptr,
                    .operations = nullptr});
}

/// Nothing, or why there is no plan.
std::string prepare_and_plan(const app::Snapshot& snapshot, const std::string& text, telemetry::LabelTable& labels) {
  const auto prepared = app::prepare(snapshot, app::OperationKey::of(text, {}), labels);
  if (!prepared) return prepared.error().front().message;
  const auto variant = app::plan_variant(snapshot, **prepared, 0, labels);
  if (!variant) return variant.error().message;
  benchmark::DoNotOptimize(variant->plan.get());
  return {};
}

void cold_operation(benchmark::State& state) {
  const auto snapshot = demo_snapshot();
  const std::vector<std::string> texts = operations();
  if (texts.empty()) return state.SkipWithError("no operations in " SIGNET_BENCH_OPERATIONS);
  std::vector<double> times_us;
  times_us.reserve(size_t{1} << 20);
  telemetry::LabelTable labels;
  size_t next = 0;
  {
    const AllocationCounter allocations(state);
    for (auto unused : state) {
      const std::string& text = texts[next++ % texts.size()];
      const auto start = std::chrono::steady_clock::now();
      const std::string problem = prepare_and_plan(*snapshot, text, labels);
      times_us.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
      if (!problem.empty()) return state.SkipWithError(problem.c_str());
    }
  }
  std::ranges::sort(times_us);
  state.counters["median_us"] = times_us[times_us.size() / 2];
  state.counters["p99_us"] = times_us[times_us.size() * 99 / 100];
}

BENCHMARK(cold_operation)->Unit(benchmark::kMicrosecond)->MinTime(1.0);

}  // namespace
}  // namespace signet::bench
