// Workload a's execution, stage by stage and without sockets: all answers scanned, all representations written, the
// client's data projected.
#include <algorithm>
#include <benchmark/benchmark.h>

#include "router/execution/execution.hpp"
#include "router/execution/projection.hpp"
#include "tests/bench/micro/allocations.hpp"
#include "tests/bench/micro/heavy.hpp"

namespace signet::bench {
namespace {

using execution::Store;

void bytes_per_operation(benchmark::State& state, size_t bytes) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));
}

void scan(benchmark::State& state) {
  const HeavyRun& run = heavy_run();
  size_t bytes = 0;
  for (const std::string& answer : run.answers) bytes += answer.size();
  AllocationCounter allocations(state);
  for (auto unused : state) {
    std::vector<std::string> answers;
    allocations.aside([&] { answers = run.answers; });
    Store store(*run.plan);
    read_answers(run, std::move(answers), store);
    benchmark::DoNotOptimize(store.blocks.values().data());
  }
  bytes_per_operation(state, bytes);
}

void represent(benchmark::State& state) {
  const HeavyRun& run = heavy_run();
  Store store = heavy_store();
  size_t bytes = 0;
  AllocationCounter allocations(state);
  for (auto unused : state) {
    allocations.aside([&] {
      std::ranges::fill(store.links.values(), execution::kNone);  // as if nothing had been asked yet
      store.walked = 0;
      bytes = 0;
    });
    for (size_t i = 0; i < run.plan->requests.size(); ++i) {
      std::string body;
      benchmark::DoNotOptimize(write_lists(*run.plan, federation::RequestId(i), store, body));
      bytes += body.size();
    }
  }
  bytes_per_operation(state, bytes);
}

void project(benchmark::State& state) {
  const HeavyRun& run = heavy_run();
  const Store store = heavy_store();
  const execution::Introspection introspection(*run.plan, heavy_graph().schema, run.variables);
  size_t bytes = 0;
  const AllocationCounter allocations(state);
  for (auto unused : state) {
    execution::Explained explained;
    std::vector<execution::ClientError> errors;
    std::string out;
    execution::Projection(*run.plan, heavy_graph().schema, store, introspection, explained, errors,
                          workspace()->written, out)
        .write(execution::Settings().answer_bytes_max);
    if (!errors.empty()) return state.SkipWithError(errors.front().message.c_str());
    bytes = out.size();
  }
  bytes_per_operation(state, bytes);
}

/// All of it, as a request does it.
void execute(benchmark::State& state) {
  const HeavyRun& run = heavy_run();
  AllocationCounter allocations(state);
  for (auto unused : state) {
    execution::Execution execution(heavy_graph(), run.plan, operation::CoercedVariables(run.variables), {}, nullptr,
                                   workspace());
    std::vector<federation::RequestId> outstanding;
    const auto send = [&](execution::FetchRequest&& request) { outstanding.push_back(request.id); };
    execution.start(send);
    for (size_t i = 0; i < outstanding.size(); ++i) {
      LentText answer = LentText::lend(run.answers[outstanding[i].value()]);
      execution.complete(outstanding[i], execution::HttpAnswer{.status = 200, .body = std::move(answer)}, send);
    }
    std::string body;
    execution.write_response(body);
    benchmark::DoNotOptimize(body.data());
  }
}

BENCHMARK(execute)->Unit(benchmark::kMicrosecond);
BENCHMARK(scan)->Unit(benchmark::kMicrosecond);
BENCHMARK(represent)->Unit(benchmark::kMicrosecond);
BENCHMARK(project)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace signet::bench
