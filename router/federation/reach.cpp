#include "router/federation/reach.hpp"

#include <algorithm>
#include <tuple>

namespace signet::federation {

namespace {

constexpr uint32_t kRoundsMax = 10'000;
/// What would take more entity fetches cannot be opened: no plan may have so many.
constexpr uint32_t kEffortMax = 100'000;

/// Who provides an item, what opening that state took, and what it has to fetch below the item.
struct Provider {
  StateId state;  ///< invalid while missing
  Effort opening, below;

  uint32_t cost() const { return opening.fetches + below.fetches; }
};

/// A jump that waits for its items.
struct Candidate {
  JumpId jump;
  bool split = false;
  std::vector<SetItemId> items;
  std::vector<Provider> providers;  ///< parallel
  size_t missing = 0;
  Effort effort;
  bool closed = false;  ///< its head is open

  bool ready() const { return !closed && missing == 0 && effort.fetches <= kEffortMax; }
};

bool can_split(const Model& model, const std::vector<SetItemId>& items) {
  return std::ranges::any_of(items, [&](SetItemId item) { return !model.sets.items[item].parts.empty(); });
}

/// Every jump into `type` that leads elsewhere than to `open`, and with `parts` once more with its composite items in
/// parts.
std::vector<Candidate> candidates_for(const Model& model, TypeId type, const std::vector<StateId>& open, bool parts) {
  std::vector<Candidate> candidates;
  for (JumpId jump : model.jumps_into[type.value()]) {
    if (std::ranges::find(open, model.jumps[jump].head) != open.end()) continue;
    for (const bool split : {false, true}) {
      Candidate candidate{.jump = jump, .split = split, .items = {}, .providers = {}};
      candidate.items = items_of(model, model.jumps[jump], split).items;
      candidate.providers.resize(candidate.items.size());
      candidate.missing = candidate.items.size();
      candidate.effort = {.fetches = 1, .depth = 1};
      candidates.push_back(std::move(candidate));
      if (!parts || !can_split(model, candidates.back().items)) break;
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
    if (!candidate.ready()) continue;
    if (best == nullptr || order(candidate) < order(*best)) best = &candidate;
  }
  return best;
}

/// Its own fetch, those that open each provider once, and those below the items.
Effort effort_of(const Candidate& candidate) {
  Effort effort{.fetches = 1, .depth = 1};
  for (size_t i = 0; i < candidate.providers.size(); ++i) {
    const Provider& each = candidate.providers[i];
    const auto counted = [&](const Provider& other) { return other.state == each.state; };
    const auto before = candidate.providers.begin() + static_cast<ptrdiff_t>(i);
    effort.fetches += each.below.fetches;
    if (std::none_of(candidate.providers.begin(), before, counted)) effort.fetches += each.opening.fetches;
    effort.depth = std::max(effort.depth, each.opening.depth + each.below.depth + 1);
  }
  return effort;
}

/// Lets every waiting jump use the newly opened `state`, which took `opening` to open, where nothing cheaper does.
void offer(const Model& model, StateId state, Effort opening, std::vector<Candidate>& candidates) {
  for (Candidate& candidate : candidates) {
    if (candidate.closed) continue;
    bool used = false;
    for (size_t i = 0; i < candidate.items.size(); ++i) {
      Provider& provider = candidate.providers[i];
      if (provider.state && provider.cost() <= opening.fetches) continue;
      const std::optional<Effort> below = provide(model, state, candidate.items[i]);
      const Provider offered{.state = state, .opening = opening, .below = below.value_or(Effort())};
      if (!below || (provider.state && provider.cost() <= offered.cost())) continue;
      candidate.missing -= provider.state ? 0 : 1;
      provider = offered;
      used = true;
    }
    if (used && candidate.missing == 0) candidate.effort = effort_of(candidate);
  }
}

/// What is known and what was found anew: for each state the cheaper way. Ways only ever get cheaper, and whatever a
/// way uses is cheaper than itself; so the search ends, and following ways never leads in a circle. True when something
/// of `fresh` was taken.
bool improve(std::vector<Derivation>& known, std::vector<Derivation> fresh) {
  bool changed = false;
  const auto effort = [](const Derivation& each) { return Effort{.fetches = each.fetches, .depth = each.depth}; };
  for (Derivation& found : fresh) {
    const auto old = std::ranges::find(known, found.state, &Derivation::state);
    if (old == known.end()) {
      known.push_back(std::move(found));
      changed = true;
    } else if (effort(found) < effort(*old) && (old->split || !found.split)) {
      *old = std::move(found);
      changed = true;
    }
  }
  if (!changed) return false;
  std::ranges::sort(known, {}, [&](const Derivation& each) { return std::pair(effort(each), each.state); });
  std::vector<Derivation> linked;
  for (Derivation& each : known) {
    each.closure.clear();
    linked.push_back(std::move(each));
    link_premises(linked);
  }
  known = std::move(linked);
  return true;
}

std::vector<Derivation> derive(const Model& model, const std::vector<StateId>& open, bool parts) {
  std::vector<Candidate> candidates = candidates_for(model, model.states[open.front()].type, open, parts);
  for (StateId state : open) offer(model, state, {}, candidates);
  std::vector<Derivation> derivations;
  while (const Candidate* best = next_of(model, candidates)) {
    Derivation derivation{.state = model.jumps[best->jump].head, .jump = best->jump, .split = best->split};
    for (const Provider& provider : best->providers) derivation.providers.push_back(provider.state);
    derivation.fetches = best->effort.fetches;
    derivation.depth = best->effort.depth;
    const Effort opening = best->effort;
    const StateId head = derivation.state;
    derivations.push_back(std::move(derivation));
    link_premises(derivations);
    for (Candidate& candidate : candidates) {
      if (model.jumps[candidate.jump].head == head) candidate.closed = true;
    }
    offer(model, head, opening, candidates);
  }
  return derivations;
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
      if (total.fetches > kEffortMax) return std::nullopt;
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
  return derive(model, open, true);
}

void compute_reach(Model& model) {
  model.reach.resize(model.states.size());
  const bool any_parts = std::ranges::any_of(model.sets.items, [](const SetItem& item) { return !item.parts.empty(); });
  // Parts are put together only for what nothing else opens, so they come when all else is known.
  for (const bool parts : {false, true}) {
    bool changed = !parts || any_parts;
    for (uint32_t round = 0; changed && round < kRoundsMax; ++round) {
      changed = false;
      for (size_t i = 0; i < model.states.size(); ++i) {
        const StateId id(i);
        const State& state = model.states[id];
        if (state.kind != StateKind::object && state.kind != StateKind::root) continue;
        changed = improve(model.reach[id], derive(model, {id}, parts)) || changed;
      }
    }
  }
}

}  // namespace signet::federation
