// Reach: which states can be opened at an object where some are open already, and how most cheaply.
//
// Facts settle in order of cost, as in Dijkstra's algorithm on an AND-OR graph: a jump waits until every item of its
// key and requirement has a provider. So chains of keys, keys made of several subgraphs' fields and requirements of
// requirements need no code of their own, and an illegal cycle simply never settles.
#pragma once

#include <optional>
#include <vector>

#include "router/federation/model.hpp"

namespace signet::federation {

/// Entity fetches that something needs beyond the states that are open.
struct Effort {
  uint32_t fetches = 0;
  uint32_t depth = 0;
  friend auto operator<=>(const Effort&, const Effort&) = default;
};

/// What a jump needs: the items of its key, then those of its head's requirement.
struct JumpItems {
  std::vector<SetItemId> items;
  size_t key_items = 0;
};
/// With `split`, composite items are replaced by their parts.
JumpItems items_of(const Model& model, const Jump& jump, bool split);

/// What `state` must do to provide `item`, which may include entity fetches at the objects below it; nothing when it
/// cannot. Uses `model.reach`.
std::optional<Effort> provide(const Model& model, StateId state, SetItemId item);

/// The cheapest way to get `item` at an object where exactly `state` is open: `state` itself, or a derivation of its
/// reach. An invalid id when there is none.
StateId best_provider(const Model& model, StateId state, SetItemId item);

/// What can be opened where all of `open` (one or more states of one type) are, cheapest first, without `open` itself.
std::vector<Derivation> derive(const Model& model, const std::vector<StateId>& open);

/// Fills `model.reach`: the fixpoint over keys and requirements that contain entities themselves.
void compute_reach(Model& model);

}  // namespace signet::federation
