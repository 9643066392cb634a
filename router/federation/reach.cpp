#include "router/federation/reach.hpp"

#include <algorithm>
#include <tuple>

namespace signet::federation {

namespace {

constexpr uint32_t kRoundsMax = 64;

/// A jump that waits for its items.
struct Candidate {
  JumpId jump;
  bool split = false;
  std::vector<SetItemId> items;
  std::vector<StateId> providers;  ///< parallel; invalid while missing
  size_t missing = 0;
  Effort effort{.fetches = 1, .depth = 1};
  bool closed = false;  ///< its head is open
};

bool can_split(const Model& model, const std::vector<SetItemId>& items) {
  return std::ranges::any_of(items, [&](SetItemId item) { return !model.sets.items[item].parts.empty(); });
}

/// Every jump into `type`, and once more with its composite items in parts.
std::vector<Candidate> candidates_for(const Model& model, TypeId type, const std::vector<StateId>& open) {
  std::vector<Candidate> candidates;
  for (JumpId jump : model.jumps_into[type.value()]) {
    for (const bool split : {false, true}) {
      Candidate candidate{.jump = jump, .split = split, .items = {}, .providers = {}};
      candidate.items = items_of(model, model.jumps[jump], split).items;
      candidate.providers.resize(candidate.items.size());
      candidate.missing = candidate.items.size();
      candidate.closed = std::ranges::find(open, model.jumps[jump].head) != open.end();
      candidates.push_back(std::move(candidate));
      if (!can_split(model, candidates.back().items)) break;
    }
  }
  return candidates;
}

/// Fills in what the last one of `derivations` takes from the others.
void link_premises(std::vector<Derivation>& derivations) {
  Derivation& last = derivations.back();
  uint32_t theirs = 0;
  for (size_t i = 0; i + 1 < derivations.size(); ++i) {
    const Derivation& other = derivations[i];
    if (std::ranges::find(last.providers, other.state) == last.providers.end()) continue;
    theirs += other.fetches;
    last.closure.insert(last.closure.end(), other.closure.begin(), other.closure.end());
  }
  last.closure.push_back(static_cast<uint32_t>(derivations.size() - 1));
  last.own_fetches = std::max<uint32_t>(1, last.fetches - std::min(theirs, last.fetches));
}

/// The next jump to take: the cheapest one, but parts are put together only where no whole item does. Parts of one list
/// that come from two subgraphs are matched by index, which trusts them to agree on the order.
const Candidate* next_of(const Model& model, const std::vector<Candidate>& candidates) {
  const auto order = [&](const Candidate& each) {
    return std::tuple(each.split, each.effort, model.jumps[each.jump].head);
  };
  const Candidate* best = nullptr;
  for (const Candidate& candidate : candidates) {
    if (candidate.closed || candidate.missing > 0) continue;
    if (best == nullptr || order(candidate) < order(*best)) best = &candidate;
  }
  return best;
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

JumpItems items_of(const Model& model, const Jump& jump, bool split) {
  const TypeId type = model.states[jump.head].type;
  JumpItems result;
  const auto add = [&](FieldSetId set) {
    for (SetItemId item : model.sets.items_for(set, type)) {
      const std::vector<SetItemId>& parts = model.sets.items[item].parts;
      if (split && !parts.empty()) {
        result.items.insert(result.items.end(), parts.begin(), parts.end());
      } else {
        result.items.push_back(item);
      }
    }
  };
  add(jump.key);
  result.key_items = result.items.size();
  add(model.states[jump.head].required);
  return result;
}

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
  std::vector<Candidate> candidates = candidates_for(model, type, open);
  for (StateId state : open) offer(model, state, {}, candidates);
  std::vector<Derivation> derivations;
  while (true) {
    const Candidate* best = next_of(model, candidates);
    if (best == nullptr) return derivations;
    const StateId head = model.jumps[best->jump].head;
    derivations.push_back({.state = head,
                           .jump = best->jump,
                           .split = best->split,
                           .providers = best->providers,
                           .fetches = best->effort.fetches,
                           .depth = best->effort.depth,
                           .closure = {}});
    link_premises(derivations);
    for (Candidate& candidate : candidates) {
      if (model.jumps[candidate.jump].head == head) candidate.closed = true;
    }
    offer(model, head, {.fetches = derivations.back().fetches, .depth = derivations.back().depth}, candidates);
  }
}

bool compute_reach(Model& model) {
  model.reach.resize(model.states.size());
  const auto same = [](const Derivation& a, const Derivation& b) {
    return a.state == b.state && a.jump == b.jump && a.split == b.split && a.providers == b.providers &&
           a.fetches == b.fetches && a.depth == b.depth;
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
