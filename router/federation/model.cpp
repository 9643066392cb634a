#include "router/federation/model.hpp"

#include <algorithm>

namespace signet::federation {

EdgeId Model::find_edge(StateId state, FieldId field) const {
  const std::vector<EdgeId>& all = states[state].edges;
  const auto found = std::ranges::lower_bound(all, field, {}, [&](EdgeId id) { return edges[id].field; });
  return found != all.end() && edges[*found].field == field ? *found : EdgeId();
}

StateId Model::cast(StateId state, TypeId type) const {
  const State& from = states[state];
  const auto found = std::ranges::lower_bound(from.runtime, type);
  if (found == from.runtime.end() || *found != type) return {};
  return from.casts[static_cast<size_t>(found - from.runtime.begin())];
}

}  // namespace signet::federation
