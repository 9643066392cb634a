#include "router/app/publisher.hpp"

#include "router/base/units.hpp"

namespace signet::app {

using telemetry::MetricId;

void Publisher::watch(std::vector<Worker*> workers, PlannerPool& planners) {
  warm_up_.watch(workers, planners);
  workers_ = std::move(workers);
  planners_ = &planners;
}

// Warmed up, and then made of what is current: whatever else was swapped in meanwhile stays.
void Publisher::swap_in(const Change& change, const Done& done, int warm_ups) {
  Snapshot planned = *state_.snapshot;
  if (auto changed = change(planned); !changed) return done(changed);
  const uint64_t generation = state_.snapshot->generation;
  const bool other_graph = planned.graph != state_.snapshot->graph;
  auto warmed = [this, change, done, warm_ups, generation, other_graph](WarmedUp warm) {
    const bool current = generation == state_.snapshot->generation;
    if (!current && warm_ups > 1) return swap_in(change, done, warm_ups - 1);
    auto swap = [this, change, done, generation, warm = std::move(warm)] mutable {
      Snapshot next = *state_.snapshot;
      if (auto changed = change(next); !changed) return done(changed);
      if (next.generation != generation) warm = {};
      if (!warm.planned.empty()) tell(warm);
      publish(std::move(next), std::move(warm.planned));
      done({});
    };
    if (!other_graph) return swap();
    const auto at_most = state_.snapshot->settings->config.client_timeout;
    if (!replaced_graph_.expired()) {
      telemetry_.event(LogLevel::info, "swap_waits",
                       {{"because", "requests under the graph before the current one are not answered yet"},
                        {"at_most", format_duration(at_most)}});
    }
    wait_drained(std::move(swap), clock_.steady() + at_most);
  };
  warm_up_.run(std::make_shared<const Snapshot>(std::move(planned)), std::move(warmed));
}

// The next graph waits for the requests of the one before the current one, which end with their time at the latest.
void Publisher::wait_drained(net::Task swap, SteadyTime end) {
  if (replaced_graph_.expired() || clock_.steady() >= end) return swap();
  swap_timer_ =
      control_.after(kDrainStep, [this, swap = std::move(swap), end] mutable { wait_drained(std::move(swap), end); });
}

void Publisher::publish(Snapshot snapshot, std::vector<Planned> warm) {
  ++snapshot.generation;
  planners_->use(snapshot.generation, std::move(warm));  // before any worker can ask for it
  hand_out(std::move(snapshot));
}

void Publisher::hand_out(Snapshot snapshot) {
  if (snapshot.graph != state_.snapshot->graph) replaced_graph_ = state_.snapshot->graph;
  state_.snapshot = std::make_shared<const Snapshot>(std::move(snapshot));
  for (Worker* worker : workers_) {
    worker->loop().post([worker, next = state_.snapshot] { worker->use(next); });
  }
  if (const auto& graph = state_.snapshot->graph) telemetry_.set_graph_name(graph->artifact.statement.graph);
}

void Publisher::tell(const WarmedUp& warm) {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(warm.took);
  telemetry_.metrics().add(MetricId::plan_cache_warmed, {}, static_cast<int64_t>(warm.planned.size()));
  telemetry_.event(LogLevel::info, "warmed_up",
                   {{"operations", std::to_string(warm.planned.size())},
                    {"left_out", std::to_string(warm.left_out)},
                    {"milliseconds", std::to_string(took.count())}});
}

}  // namespace signet::app
