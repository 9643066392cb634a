// WarmUp: what clients ask most is planned for the next snapshot before it serves, so that a reload costs them nothing.
//
//   workers, shared cache → hottest operations → the builder's thread plans them → the shared cache of the next
//   snapshot
//
// The builder's thread, not the planners: requests that wait for a plan meanwhile wait no longer for it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "router/app/planner_pool.hpp"
#include "router/app/worker.hpp"

namespace signet::app {

struct WarmUpBounds {
  size_t operations_max = 256;
  size_t plans_per_operation_max = 4;       ///< outcomes of @skip and @include, the last used first
  std::chrono::milliseconds time_max{500};  ///< after which the swap waits no longer
};

struct WarmedUp {
  std::vector<Planned> planned;  ///< the hottest first
  size_t left_out = 0;           ///< not valid under the next snapshot, or no time was left for it
  std::chrono::nanoseconds took{};
};

/// One list of several, without repetitions: the hottest of all first.
std::vector<HotOperation> merge_hottest(std::span<const std::vector<HotOperation>> lists, size_t count);

/// Plans operations for `next`. Cost: at most `bounds.time_max` and one plan. Threads: any.
WarmedUp warm_up(const Snapshot& next, std::span<const HotOperation> operations, const WarmUpBounds& bounds,
                 const Clock& clock, telemetry::LabelTable& labels);

/// Threads: the control thread.
class WarmUp {
 public:
  WarmUp(net::EventLoop& control, net::EventLoop& builder, const Clock& clock, telemetry::LabelTable& labels)
      : control_(control), builder_(builder), clock_(clock), labels_(labels) {}

  /// Whose requests count. Lifetime: they outlive this.
  void watch(std::vector<Worker*> workers, PlannerPool& planners);
  /// Plans for `next` what is asked most now; `done` runs on the control thread, never inside this call.
  void run(std::shared_ptr<const Snapshot> next, std::function<void(WarmedUp)> done);

 private:
  using Lists = std::vector<std::vector<HotOperation>>;

  void gather(std::function<void(Lists)> done);

  net::EventLoop& control_;
  net::EventLoop& builder_;
  const Clock& clock_;
  telemetry::LabelTable& labels_;
  const WarmUpBounds bounds_;
  std::vector<Worker*> workers_;
  PlannerPool* planners_ = nullptr;
};

}  // namespace signet::app
