// Arrivals: in which of the states that can be had the objects of a position should arrive. One state is the rule;
// several at once, matched by their index, only where no key leads from one to the other. Internal to the planner.
#pragma once

#include <functional>

#include "router/federation/passes/draft.hpp"

namespace signet::federation {

class Arrivals {
 public:
  /// What everything at a position costs when its objects arrive in the states of a mask; kInfeasible when something
  /// there cannot be had then.
  using CostOf = std::function<uint64_t(PositionId, LandingMask)>;

  Arrivals(Draft& draft, CostOf cost_of) : draft_(draft), cost_of_(std::move(cost_of)) {}

  /// The cheapest way for `position` when the landings of `available`, at least one, can be had. Results are kept in
  /// the draft.
  Arrival cheapest(PositionId position, LandingMask available);

 private:
  Arrival find(PositionId position, LandingMask available);
  uint64_t single_cost(PositionId position, size_t landing);
  void try_together(PositionId position, LandingMask mask, Arrival& best);
  bool bridged(PositionId position, LandingMask mask);
  uint64_t bridge_cost(PositionId position, StateId from, StateId to) const;

  Draft& draft_;
  CostOf cost_of_;
};

}  // namespace signet::federation
