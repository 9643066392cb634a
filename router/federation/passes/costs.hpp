// What the planner minimises. A fetch weighs more than a stage of waiting, and that more than a field. Internal to the
// planner; docs/planning.md tells users.
#pragma once

#include <cstdint>
#include <limits>

namespace signet::federation {

inline constexpr uint64_t kInfeasible = std::numeric_limits<uint64_t>::max();
inline constexpr uint64_t kFetchCost = 1000;
inline constexpr uint64_t kStageCost = 100;
/// Each further landing at one position: its lists are matched by index, which trusts subgraphs to agree on the order.
/// More than a fetch, so that it happens only where no key leads from one to the other.
inline constexpr uint64_t kZipCost = 2000;

}  // namespace signet::federation
