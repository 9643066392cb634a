#include "router/federation/passes/arrivals.hpp"

#include <algorithm>
#include <bit>

#include "router/federation/passes/costs.hpp"

namespace signet::federation {

namespace {

constexpr int kExactMax = 3;      ///< landings that can be had; beyond, each alone, or all together as far as needed
constexpr size_t kTabledMax = 6;  ///< landings of a position; beyond, results are looked for again each time

LandingMask bit(size_t landing) {
  return LandingMask{1} << landing;
}

}  // namespace

Arrival Arrivals::cheapest(PositionId position, LandingMask available) {
  position = draft_.positions[position].like;
  std::vector<Arrival>& known = draft_.positions[position].arrivals;
  if (known.empty()) {
    const size_t landings = draft_.positions[position].landings.size();
    if (landings > kTabledMax) return find(position, available);
    known.resize(size_t{1} << landings);
  }
  if (known[available].mask == 0) known[available] = find(position, available);
  return known[available];
}

Arrival Arrivals::find(PositionId position, LandingMask available) {
  // The first one stands even where none is feasible.
  Arrival best{.cost = kInfeasible, .mask = available & (~available + 1)};
  for (LandingMask left = available; left != 0; left &= left - 1) {
    const auto landing = static_cast<size_t>(std::countr_zero(left));
    const uint64_t cost = single_cost(position, landing);
    if (cost < best.cost) best = {.cost = cost, .mask = bit(landing)};
  }
  const int count = std::popcount(available);
  if (count == 1) return best;
  if (count > kExactMax) {
    try_together(position, available, best);
    for (LandingMask left = available; left != 0 && std::popcount(best.mask) > 1; left &= left - 1) {
      const LandingMask fewer = best.mask & ~bit(static_cast<size_t>(std::countr_zero(left)));
      if (fewer != best.mask && std::popcount(fewer) > 1) try_together(position, fewer, best);
    }
    return best;
  }
  for (LandingMask subset = available; subset != 0; subset = (subset - 1) & available) {
    if (std::popcount(subset) > 1) try_together(position, subset, best);
  }
  return best;
}

uint64_t Arrivals::single_cost(PositionId position, size_t landing) {
  std::vector<uint64_t>& known = draft_.positions[position].single_costs;
  if (known.empty()) known.resize(draft_.positions[position].landings.size());
  if (known[landing] == 0) {
    const uint64_t below = cost_of_(position, bit(landing));
    draft_.positions[position].single_costs[landing] = below == kInfeasible ? kInfeasible : below + 1;
  }
  return draft_.positions[position].single_costs[landing];
}

void Arrivals::try_together(PositionId position, LandingMask mask, Arrival& best) {
  if (bridged(position, mask)) return;
  const auto count = static_cast<uint64_t>(std::popcount(mask));
  const uint64_t extra = count + (count - 1) * kZipCost;
  if (extra >= best.cost) return;
  const uint64_t below = cost_of_(position, mask);
  if (below != kInfeasible && below + extra < best.cost) best = {.cost = below + extra, .mask = mask};
}

/// Whether jumps from one landing of `mask` open all others for no more than matching them by index costs: then to
/// arrive in that one alone is never worse.
bool Arrivals::bridged(PositionId position, LandingMask mask) {
  std::vector<LandingMask>& bridges = draft_.positions[position].bridges;
  const std::vector<StateId>& landings = draft_.positions[position].landings;
  if (bridges.empty()) {
    bridges.resize(landings.size());
    for (size_t from = 0; from < landings.size(); ++from) {
      for (size_t to = 0; to < landings.size(); ++to) {
        if (bridge_cost(position, landings[from], landings[to]) <= kZipCost) bridges[from] |= bit(to);
      }
    }
  }
  for (LandingMask left = mask; left != 0; left &= left - 1) {
    if ((mask & ~bridges[static_cast<size_t>(std::countr_zero(left))]) == 0) return true;
  }
  return false;
}

uint64_t Arrivals::bridge_cost(PositionId position, StateId from, StateId to) const {
  uint64_t total = 0;
  for (CaseId type_case : draft_.plan.positions[position].cases) {
    const StateId source = draft_.model().cast(from, draft_.plan.cases[type_case].type);
    const StateId target = draft_.model().cast(to, draft_.plan.cases[type_case].type);
    if (source == target || !target) continue;
    if (!source) return kInfeasible;
    const std::vector<Derivation>& reach = draft_.model().reach[source];
    const auto jump = std::ranges::find(reach, target, &Derivation::state);
    if (jump == reach.end()) return kInfeasible;
    total += kFetchCost * jump->fetches + kStageCost * jump->depth;
  }
  return total;
}

}  // namespace signet::federation
