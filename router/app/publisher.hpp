// Publisher: how the next snapshot takes the place of the one that serves. Step 7 of the gate, and the end of step 6.
//
// Requests under way keep theirs; at most two graphs serve at a time.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "router/app/planner_pool.hpp"
#include "router/app/status_page.hpp"
#include "router/app/telemetry_hub.hpp"
#include "router/app/warm_up.hpp"
#include "router/app/worker.hpp"

namespace signet::app {

/// Threads: the control thread.
class Publisher {
 public:
  /// Puts something new into a snapshot. Errors: why that cannot be; the snapshot is thrown away.
  using Change = std::function<std::expected<void, std::string>(Snapshot&)>;
  using Done = std::function<void(std::expected<void, std::string>)>;

  /// `state.snapshot` is the one that serves. Lifetime: borrows all of them.
  Publisher(net::EventLoop& control, net::EventLoop& builder, const Clock& clock, telemetry::LabelTable& labels,
            TelemetryHub& telemetry, ProcessState& state)
      : control_(control),
        clock_(clock),
        telemetry_(telemetry),
        state_(state),
        warm_up_(control, builder, clock, labels) {}

  /// Who gets each snapshot. Lifetime: they outlive the control thread's work.
  void watch(std::vector<Worker*> workers, PlannerPool& planners);

  /// Warms the current snapshot with `change` up and hands it out. One change of the graph at a time.
  /// `done` may run inside this call.
  void swap_in(const Change& change, const Done& done) { swap_in(change, done, kWarmUpsMax); }
  /// For what operations are prepared under: they are prepared anew.
  void publish(Snapshot snapshot) { publish(std::move(snapshot), {}); }
  /// For what no prepared operation depends on.
  void hand_out(Snapshot snapshot);

 private:
  static constexpr int kWarmUpsMax = 2;  // for one swap, as long as others come between
  static constexpr std::chrono::milliseconds kDrainStep{20};

  void swap_in(const Change& change, const Done& done, int warm_ups);
  void wait_drained(net::Task swap, SteadyTime end);
  void publish(Snapshot snapshot, std::vector<Planned> warm);
  void tell(const WarmedUp& warm);

  net::EventLoop& control_;
  const Clock& clock_;
  TelemetryHub& telemetry_;
  ProcessState& state_;
  WarmUp warm_up_;
  std::vector<Worker*> workers_;
  PlannerPool* planners_ = nullptr;
  std::weak_ptr<const Graph> replaced_graph_;  // by the current one; requests may still use it
  std::unique_ptr<net::Timer> swap_timer_;
};

}  // namespace signet::app
