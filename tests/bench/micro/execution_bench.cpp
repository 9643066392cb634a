// Execution: what a request costs between the network's two ends, all answers read, all requests written, the client's
// answer projected. Budget: performance.md.
#include <benchmark/benchmark.h>
#include <deque>
#include <map>

#include "router/demo/shop.hpp"
#include "router/demo/subgraph.hpp"
#include "router/execution/execution.hpp"
#include "tests/bench/micro/allocations.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/planning.hpp"

namespace signet::bench {
namespace {

using execution::FetchRequest;
using federation::RequestId;

/// Workload a with the answers of the demo's subgraphs, as they were recorded once.
class HeavyRun {
 public:
  HeavyRun() : graph_(*federation::load_supergraph(demo::supergraph(1))) {
    const std::string text = testing::read_file(testing::golden_folder() / "../bench/heavy.graphql");
    planned_ = testing::plan_text(graph_, text);
    std::map<std::string, demo::Subgraph> subgraphs;
    for (demo::SubgraphDefinition& definition : demo::shop()) {
      std::string name = definition.name;
      subgraphs.try_emplace(std::move(name), std::move(definition));
    }
    run([&](const FetchRequest& request) {
      const auto& subgraph = subgraphs.at(std::string(graph_.subgraphs[request.subgraph].name));
      return answers_[request.id] = subgraph.execute(request.body).body;
    });
  }

  /// The client's answer.
  std::string run() {
    return run([this](const FetchRequest& request) { return answers_.at(request.id); });
  }
  size_t bytes_read() const {
    size_t bytes = 0;
    for (const auto& [id, answer] : answers_) bytes += answer.size();
    return bytes;
  }

 private:
  template <class Answer>
  std::string run(Answer answer) {
    execution::Execution execution(graph_, planned_.plan, operation::CoercedVariables(planned_.variables));
    std::deque<FetchRequest> outstanding;
    const auto start = [&](FetchRequest&& request) { outstanding.push_back(std::move(request)); };
    execution.start(start);
    while (!outstanding.empty()) {
      const FetchRequest request = std::move(outstanding.front());
      outstanding.pop_front();
      execution.complete(request.id, execution::HttpAnswer{.status = 200, .body = answer(request)}, start);
    }
    std::string body;
    execution.write_response(body);
    return body;
  }

  federation::Supergraph graph_;
  testing::Planned planned_;
  std::map<RequestId, std::string> answers_;
};

void execute_heavy(benchmark::State& state) {
  HeavyRun heavy;
  size_t bytes = heavy.run().size();
  const AllocationCounter allocations(state);
  for (auto unused : state) benchmark::DoNotOptimize(heavy.run());
  state.counters["bytes_read"] = static_cast<double>(heavy.bytes_read());
  state.counters["bytes_written"] = static_cast<double>(bytes);
}

BENCHMARK(execute_heavy)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace signet::bench
