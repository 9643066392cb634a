#include "router/federation/reach.hpp"

#include <algorithm>

namespace signet::federation {

namespace {

constexpr uint32_t kRoundsMax = 64;

/// A jump that waits for its items.
struct Candidate {
  JumpId jump;
  std::vector<SetItemId> items;
  std::vector<StateId> providers;  ///< parallel; invalid while missing
  size_t missing = 0;
  Effort effort{.fetches = 1, .depth = 1};
  bool closed = false;  ///< its head is open
};

std::vector<SetItemId> items_of(const Model& model, const Jump& jump) {
  const State& head = model.states[jump.head];
  std::vector<SetItemId> items = model.sets.items_for(jump.key, head.type);
  const std::vector<SetItemId>& required = model.sets.items_for(head.required, head.type);
  items.insert(items.end(), required.begin(), required.end());
  return items;
}

/// Lets every waiting jump use the newly opened `state`, which took `effort` to open.
void offer(const Model& model, StateId state, Effort effort, std::vector<Candidate>& candidates) {
  for (Candidate& candidate : candidates) {
    if (candidate.closed || candidate.missing == 0) continue;
    bool used = false;
    for (size_t i = 0; i < candidate.items.size(); ++i) {
      if (candidate.providers[i]) continue;
      const std::optional<Effort> below = provide(model, state, candidate.items[i]);
      if (!below) continue;
      candidate.providers[i] = state;
      --candidate.missing;
      used = true;
      candidate.effort.fetches += below->fetches;
      candidate.effort.depth = std::max(candidate.effort.depth, effort.depth + below->depth + 1);
    }
    if (used) candidate.effort.fetches += effort.fetches;
  }
}

}  // namespace

std::optional<Effort> provide(const Model& model, StateId state, SetItemId item_id) {
  const SetItem& item = model.sets.items[item_id];
  const EdgeId edge = model.find_edge(state, item.field);
  if (!edge) return std::nullopt;
  Effort total;
  for (SetCaseId case_id : item.cases) {
    const SetCase& each = model.sets.cases[case_id];
    const StateId below = model.cast(model.edges[edge].head, each.type);
    if (!below) continue;  // objects of this type do not come from here
    for (SetItemId sub : each.items) {
      std::optional<Effort> best = provide(model, below, sub);
      for (const Derivation& derivation : model.reach[below]) {
        const std::optional<Effort> rest = provide(model, derivation.state, sub);
        if (!rest) continue;
        const Effort effort{.fetches = derivation.fetches + rest->fetches, .depth = derivation.depth + rest->depth};
        if (!best || effort < *best) best = effort;
      }
      if (!best) return std::nullopt;
      total.fetches += best->fetches;
      total.depth = std::max(total.depth, best->depth);
    }
  }
  return total;
}

StateId best_provider(const Model& model, StateId state, SetItemId item) {
  std::optional<Effort> best = provide(model, state, item);
  StateId provider = best ? state : StateId();
  for (const Derivation& derivation : model.reach[state]) {
    const std::optional<Effort> rest = provide(model, derivation.state, item);
    if (!rest) continue;
    const Effort effort{.fetches = derivation.fetches + rest->fetches, .depth = derivation.depth + rest->depth};
    if (!best || effort < *best) {
      best = effort;
      provider = derivation.state;
    }
  }
  return provider;
}

std::vector<Derivation> derive(const Model& model, const std::vector<StateId>& open) {
  const TypeId type = model.states[open.front()].type;
  std::vector<Candidate> candidates;
  for (JumpId jump : model.jumps_into[type.value()]) {
    Candidate candidate{.jump = jump, .items = items_of(model, model.jumps[jump]), .providers = {}};
    candidate.providers.resize(candidate.items.size());
    candidate.missing = candidate.items.size();
    candidate.closed = std::ranges::find(open, model.jumps[jump].head) != open.end();
    candidates.push_back(std::move(candidate));
  }
  for (StateId state : open) offer(model, state, {}, candidates);
  std::vector<Derivation> derivations;
  while (true) {
    Candidate* best = nullptr;
    for (Candidate& candidate : candidates) {
      if (candidate.closed || candidate.missing > 0) continue;
      if (best == nullptr || candidate.effort < best->effort ||
          (candidate.effort == best->effort && model.jumps[candidate.jump].head < model.jumps[best->jump].head)) {
        best = &candidate;
      }
    }
    if (best == nullptr) return derivations;
    const StateId head = model.jumps[best->jump].head;
    derivations.push_back({.state = head,
                           .jump = best->jump,
                           .providers = best->providers,
                           .fetches = best->effort.fetches,
                           .depth = best->effort.depth});
    for (Candidate& candidate : candidates) {
      if (model.jumps[candidate.jump].head == head) candidate.closed = true;
    }
    offer(model, head, {.fetches = derivations.back().fetches, .depth = derivations.back().depth}, candidates);
  }
}

bool compute_reach(Model& model) {
  model.reach.resize(model.states.size());
  const auto same = [](const Derivation& a, const Derivation& b) {
    return a.state == b.state && a.jump == b.jump && a.providers == b.providers && a.fetches == b.fetches &&
           a.depth == b.depth;
  };
  for (uint32_t round = 0; round < kRoundsMax; ++round) {
    IdVector<StateId, std::vector<Derivation>> next;
    bool changed = false;
    for (size_t i = 0; i < model.states.size(); ++i) {
      const StateId id(i);
      const State& state = model.states[id];
      const bool object = state.kind == StateKind::object || state.kind == StateKind::root;
      next.push_back(object ? derive(model, {id}) : std::vector<Derivation>());
      changed = changed || !std::ranges::equal(next[id], model.reach[id], same);
    }
    if (!changed) return true;
    model.reach = std::move(next);
  }
  return false;
}

}  // namespace signet::federation
