// Choose: the states to open at each position, by dynamic programming over the tree of the answer and, at each
// position, over subsets of the useful states. Exact while few states are undecided, greedy beyond. The algorithm:
// federation-engine.md §3.6, step 5.

#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <limits>

#include "router/federation/passes/draft.hpp"

namespace signet::federation {

namespace {

constexpr uint64_t kInfeasible = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kFetchCost = 1000;
constexpr uint64_t kStageCost = 100;
/// Each further landing at one position: its lists are matched by index, which trusts subgraphs to agree on the order.
/// More than a fetch, so that it happens only where no key leads from one to the other.
constexpr uint64_t kZipCost = 2000;
constexpr size_t kExactStatesMax = 10;
constexpr size_t kExactHeadsMax = 3;
constexpr size_t kEvaluationsMax = 50'000;

using StateSet = std::vector<bool>;  ///< of reach entries

class Chooser {
 public:
  explicit Chooser(Draft& draft) : draft_(draft), model_(draft.model()) {}

  uint64_t position_cost(PositionId position, LandingMask mask) {
    uint64_t total = 0;
    for (CaseId type_case : draft_.plan.positions[position].cases) {
      if (!arrives(position, type_case, mask)) continue;
      const uint64_t cost = best(type_case, mask).cost;
      if (cost == kInfeasible) return kInfeasible;
      total += cost;
    }
    return total;
  }

  const Choice& best(CaseId type_case, LandingMask mask) {
    DraftCase& draft_case = draft_.cases[type_case];
    if (const auto found = draft_case.choices.find(mask); found != draft_case.choices.end()) return found->second;
    Choice choice = choose(type_case, mask);
    return draft_.cases[type_case].choices.emplace(mask, std::move(choice)).first->second;
  }

 private:
  /// What the search at one case needs to know.
  struct Search {
    CaseId type_case;
    std::vector<StateId> landed;  ///< open from the start
    std::vector<Derivation> reach;
    std::vector<std::vector<size_t>> premises;  ///< by reach entry: other entries it needs, transitively, and itself
    std::vector<uint64_t> own_fetches;          ///< by reach entry: without its premises
  };

  bool arrives(PositionId position, CaseId type_case, LandingMask mask) const {
    const TypeId type = draft_.plan.cases[type_case].type;
    const std::vector<StateId>& landings = draft_.positions[position].landings;
    for (size_t i = 0; i < landings.size(); ++i) {
      if ((mask >> i & 1) != 0 && model_.cast(landings[i], type)) return true;
    }
    return false;
  }

  Choice choose(CaseId type_case, LandingMask mask) {
    Search search = prepare(type_case, mask);
    const std::vector<size_t> useful = useful_states(search);
    Choice result;
    result.cost = kInfeasible;
    if (useful.size() <= kExactStatesMax && evaluations_ < kEvaluationsMax) {
      for (uint32_t subset = 0; subset < (1u << useful.size()); ++subset) {
        StateSet open(search.reach.size());
        for (size_t i = 0; i < useful.size(); ++i) {
          if ((subset >> i & 1) != 0) add(search, useful[i], open);
        }
        keep_better(search, open, result);
      }
    } else {
      greedy(search, useful, result);
    }
    result.reach = std::move(search.reach);
    return result;
  }

  Search prepare(CaseId type_case, LandingMask mask) {
    const PositionId position = draft_.plan.cases[type_case].position;
    const std::vector<StateId>& landings = draft_.positions[position].landings;
    Search search;
    search.type_case = type_case;
    const bool root = position.value() == 0;
    for (size_t i = 0; i < landings.size(); ++i) {
      if ((mask >> i & 1) == 0) continue;
      if (root) {
        // At the root nothing is open; every root state costs one fetch and needs no input.
        search.reach.push_back(
            {.state = landings[i], .jump = {}, .split = false, .providers = {}, .fetches = 1, .depth = 1});
        continue;
      }
      const StateId cast = model_.cast(landings[i], draft_.plan.cases[type_case].type);
      if (cast && std::ranges::find(search.landed, cast) == search.landed.end()) search.landed.push_back(cast);
    }
    if (search.landed.size() == 1) {
      search.reach = model_.reach[search.landed.front()];
    } else if (!search.landed.empty()) {
      search.reach = derive(model_, search.landed);
    }
    link_premises(search);
    return search;
  }

  static void link_premises(Search& search) {
    for (size_t i = 0; i < search.reach.size(); ++i) {
      std::vector<size_t> all;
      uint64_t theirs = 0;
      std::vector<StateId> distinct = search.reach[i].providers;
      std::ranges::sort(distinct);
      const auto repeated = std::ranges::unique(distinct);
      distinct.erase(repeated.begin(), repeated.end());
      for (StateId provider : distinct) {
        for (size_t j = 0; j < i; ++j) {
          if (search.reach[j].state != provider) continue;
          theirs += search.reach[j].fetches;
          all.insert(all.end(), search.premises[j].begin(), search.premises[j].end());
        }
      }
      all.push_back(i);
      search.premises.push_back(std::move(all));
      search.own_fetches.push_back(
          std::max<uint64_t>(1, search.reach[i].fetches - std::min<uint64_t>(theirs, search.reach[i].fetches)));
    }
  }

  static void add(const Search& search, size_t entry, StateSet& open) {
    for (size_t each : search.premises[entry]) open[each] = true;
  }

  EdgeId edge(StateId state, const DraftItem& item) const { return model_.find_edge(state, item.field); }

  bool landed_provides(const Search& search, const DraftItem& item) const {
    return std::ranges::any_of(search.landed, [&](StateId state) { return edge(state, item).valid(); });
  }

  /// Reach entries that own something the landed states lack, or lead elsewhere with a composite field; without those
  /// that a cheaper entry covers entirely.
  std::vector<size_t> useful_states(const Search& search) const {
    const std::vector<DraftItem>& items = draft_.cases[search.type_case].items;
    std::vector<std::vector<std::pair<size_t, StateId>>> offers(search.reach.size());  // (item, head)
    for (size_t i = 0; i < search.reach.size(); ++i) {
      for (size_t k = 0; k < items.size(); ++k) {
        const EdgeId owned = edge(search.reach[i].state, items[k]);
        if (!owned || (!items[k].child && landed_provides(search, items[k]))) continue;
        const StateId head = model_.edges[owned].head;
        const bool landed_already = head && std::ranges::any_of(search.landed, [&](StateId state) {
                                      const EdgeId same = edge(state, items[k]);
                                      return same && model_.edges[same].head == head;
                                    });
        if (!landed_already) offers[i].emplace_back(k, head);
      }
    }
    std::vector<size_t> useful;
    for (size_t i = 0; i < search.reach.size(); ++i) {
      if (offers[i].empty()) continue;
      const auto covered_by = [&](size_t j) {
        if (!std::ranges::includes(offers[j], offers[i])) return false;
        const Effort a{search.reach[j].fetches, search.reach[j].depth};
        const Effort b{search.reach[i].fetches, search.reach[i].depth};
        return a.fetches <= b.fetches && a.depth <= b.depth && (j < i || offers[j].size() > offers[i].size());
      };
      bool dominated = false;
      for (size_t j = 0; j < search.reach.size() && !dominated; ++j) dominated = j != i && covered_by(j);
      if (!dominated) useful.push_back(i);
    }
    return useful;
  }

  /// Beyond the exact search: add whichever state covers most of what is missing, then try to do without each.
  void greedy(const Search& search, const std::vector<size_t>& useful, Choice& result) {
    const std::vector<DraftItem>& items = draft_.cases[search.type_case].items;
    StateSet open(search.reach.size());
    const auto provided = [&](const DraftItem& item, const StateSet& states) {
      if (landed_provides(search, item)) return true;
      for (size_t i = 0; i < states.size(); ++i) {
        if (states[i] && edge(search.reach[i].state, item)) return true;
      }
      return false;
    };
    std::vector<size_t> added;
    while (true) {
      size_t best_entry = 0;
      uint64_t best_gain = 0;
      for (size_t entry : useful) {
        if (open[entry]) continue;
        uint64_t gain = 0;
        for (const DraftItem& item : items) {
          if (edge(search.reach[entry].state, item) && !provided(item, open)) gain += kFetchCost;
        }
        gain /= search.reach[entry].fetches;
        if (gain > best_gain) {
          best_gain = gain;
          best_entry = entry;
        }
      }
      if (best_gain == 0) break;
      add(search, best_entry, open);
      added.push_back(best_entry);
    }
    keep_better(search, open, result);
    for (size_t left_out : added) {
      StateSet fewer(search.reach.size());
      for (size_t entry : added) {
        if (entry != left_out) add(search, entry, fewer);
      }
      keep_better(search, fewer, result);
    }
    if (result.cost != kInfeasible) return;
    // Something below needs more than the cheapest cover: open everything useful.
    for (size_t entry : useful) add(search, entry, open);
    keep_better(search, open, result);
  }

  void keep_better(const Search& search, const StateSet& open, Choice& best_so_far) {
    ++evaluations_;
    uint64_t fetches = 0;
    uint64_t depth = 0;
    for (size_t i = 0; i < open.size(); ++i) {
      if (!open[i]) continue;
      fetches += search.own_fetches[i];
      depth = std::max<uint64_t>(depth, search.reach[i].depth);
    }
    Choice choice;
    choice.cost = kFetchCost * fetches + kStageCost * depth;
    const std::vector<DraftItem>& items = draft_.cases[search.type_case].items;
    choice.owners.resize(items.size());
    choice.landings.resize(items.size());
    // Leaves first: they tell cheaply that a set is not enough.
    for (size_t k = 0; k < items.size(); ++k) {
      if (items[k].child) continue;
      choice.owners[k] = owner(search, open, items[k], {});
      if (!choice.owners[k]) return;
      ++choice.cost;
    }
    for (size_t k = 0; k < items.size(); ++k) {
      if (choice.cost >= best_so_far.cost) return;
      if (!draft_.cases[search.type_case].items[k].child) continue;
      const uint64_t below = choose_landings(search, open, k, choice);
      if (below == kInfeasible) return;
      choice.cost += below;
    }
    if (choice.cost >= best_so_far.cost) return;
    choice.feasible = true;
    for (size_t i = 0; i < open.size(); ++i) {
      if (open[i]) choice.open.push_back(search.reach[i].state);
    }
    best_so_far = std::move(choice);
  }

  /// The open state to take `item` from: one that landed, else the cheapest one. With `head`: one that leads there.
  StateId owner(const Search& search, const StateSet& open, const DraftItem& item, StateId head) const {
    const auto fits = [&](StateId state) {
      const EdgeId found = edge(state, item);
      return found && (!head || model_.edges[found].head == head);
    };
    for (StateId state : search.landed) {
      if (fits(state)) return state;
    }
    for (size_t i = 0; i < open.size(); ++i) {
      if (open[i] && fits(search.reach[i].state)) return search.reach[i].state;
    }
    return {};
  }

  /// The cheapest landings for composite item `k` among those that `open` leads to.
  uint64_t choose_landings(const Search& search, const StateSet& open, size_t k, Choice& choice) {
    const DraftItem item = draft_.cases[search.type_case].items[k];
    const std::vector<StateId> heads = draft_.positions[item.child].landings;
    std::vector<Landing> available;
    for (uint32_t i = 0; i < heads.size(); ++i) {
      const StateId from = owner(search, open, item, heads[i]);
      if (from) available.push_back({.owner = from, .landing = i});
    }
    if (available.empty()) return kInfeasible;
    uint64_t least = kInfeasible;
    for (uint64_t subset : subsets(available.size())) {
      LandingMask mask = 0;
      for (size_t i = 0; i < available.size(); ++i) {
        if ((subset >> i & 1) != 0) mask |= LandingMask{1} << available[i].landing;
      }
      const uint64_t below = position_cost(item.child, mask);
      if (below == kInfeasible) continue;
      const auto landings = static_cast<uint64_t>(std::popcount(subset));
      const uint64_t cost = below + landings + (landings - 1) * kZipCost;
      if (cost >= least) continue;
      least = cost;
      choice.landings[k].clear();
      for (size_t i = 0; i < available.size(); ++i) {
        if ((subset >> i & 1) != 0) choice.landings[k].push_back(available[i]);
      }
    }
    return least;
  }

  /// Non-empty subsets worth trying: all when there are few heads, else single ones, then all together.
  static std::vector<uint64_t> subsets(size_t count) {
    std::vector<uint64_t> result;
    if (count <= kExactHeadsMax) {
      for (uint64_t subset = 1; subset < (uint64_t{1} << count); ++subset) result.push_back(subset);
      return result;
    }
    for (size_t i = 0; i < count; ++i) result.push_back(uint64_t{1} << i);
    result.push_back(count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1);
    return result;
  }

  Draft& draft_;
  const Model& model_;
  size_t evaluations_ = 0;
};

LandingMask all_landings(const Draft& draft, PositionId position) {
  const size_t count = draft.positions[position].landings.size();
  return count >= kLandingsMax ? ~LandingMask{0} : (LandingMask{1} << count) - 1;
}

}  // namespace

void choose_states(Draft& draft) {
  if (draft.operation.type == operation::OperationType::mutation) return;  // each root field is chosen by itself
  const PositionId root = draft.plan.root();
  if (Chooser(draft).position_cost(root, all_landings(draft, root)) == kInfeasible) {
    draft.fail(ErrorCode::PLAN_FAILED, "no combination of subgraphs can serve this operation");
  }
}

const Choice& choice_for(Draft& draft, CaseId type_case, LandingMask mask) {
  return Chooser(draft).best(type_case, mask);
}

std::optional<RootChoice> choose_mutation_root(Draft& draft, const DraftItem& item) {
  Chooser chooser(draft);
  std::optional<RootChoice> best;
  uint64_t least = kInfeasible;
  for (StateId root : draft.positions[draft.plan.root()].landings) {
    const EdgeId edge = draft.model().find_edge(root, item.field);
    if (!edge) continue;
    if (!item.child) return RootChoice{.root = root};
    const std::vector<StateId>& heads = draft.positions[item.child].landings;
    const auto head = std::ranges::find(heads, draft.model().edges[edge].head);
    const auto landing = static_cast<uint32_t>(head - heads.begin());
    const uint64_t cost = chooser.position_cost(item.child, LandingMask{1} << landing);
    if (cost >= least) continue;
    least = cost;
    best = RootChoice{.root = root, .landing = landing};
  }
  if (!best) draft.fail(ErrorCode::PLAN_FAILED, "no subgraph can serve a field of this mutation");
  return best;
}

}  // namespace signet::federation
