// Choose: the states to open at each position, by dynamic programming over the tree of the answer and, at each
// position, over subsets of the useful states. Exact while few states are undecided, greedy beyond. The algorithm:
// federation-engine.md §3.6, step 5.

#include <algorithm>
#include <bit>
#include <span>

#include "router/base/sort_unique.hpp"
#include "router/federation/passes/arrivals.hpp"
#include "router/federation/passes/costs.hpp"
#include "router/federation/passes/draft.hpp"

namespace signet::federation {

namespace {

constexpr size_t kExactStatesMax = 10;
constexpr size_t kEvaluationsMax = 1'000'000;  ///< sets of states looked at in one plan

LandingMask bit(size_t landing) {
  return LandingMask{1} << landing;
}

class Chooser {
 public:
  explicit Chooser(Draft& draft)
      : draft_(draft),
        model_(draft.model()),
        arrivals_(draft, [this](PositionId position, LandingMask mask) { return position_cost(position, mask); }) {}

  /// What everything at `position` costs when its objects arrive in the states of `mask`.
  uint64_t position_cost(PositionId position, LandingMask mask) {
    position = draft_.positions[position].like;
    uint64_t total = 0;
    for (CaseId type_case : draft_.plan.positions[position].cases) {
      if (!draft_.arrives(type_case, mask)) continue;
      const uint64_t cost = explore(type_case, mask).cost;
      if (cost == kInfeasible) return kInfeasible;
      total += cost;
    }
    return total;
  }

  std::shared_ptr<const Choice> choice(CaseId type_case, LandingMask mask) {
    const std::map<LandingMask, Choice>& decided = draft_.cases[type_case].decided;
    if (const auto found = decided.find(mask); found != decided.end()) {
      return std::make_shared<const Choice>(found->second);
    }
    const CaseId like = draft_.cases[type_case].like;
    Explored& explored = explore(like, mask);  // stays where it is: what is below a case is explored elsewhere
    if (!explored.choice) explored.choice = std::make_shared<const Choice>(materialize(like, explored));
    return explored.choice;
  }

 private:
  /// What the search at one case needs to know.
  struct Search {
    CaseId type_case;
    std::vector<StateId> landed;  ///< open from the start
    const std::vector<Derivation>* reach = nullptr;
    const CaseOffers* offers = nullptr;
    Cover landed_cover;
  };

  /// A set of reach entries, closed under what they need.
  struct Opened {
    std::vector<bool> entries;
    Cover cover;  ///< with what landed
  };

  Explored& explore(CaseId type_case, LandingMask mask) {
    std::vector<Explored>& known = draft_.cases[type_case].explored;
    if (const auto found = std::ranges::find(known, mask, &Explored::arriving); found != known.end()) return *found;
    const Search search = prepare(type_case, mask);
    const std::vector<size_t> useful = useful_states(search);
    Explored best{.arriving = mask, .cost = kInfeasible, .opened = {}, .choice = {}};
    if (useful.size() <= kExactStatesMax && evaluations_ < kEvaluationsMax) {
      exact(search, useful, best);
    } else {
      greedy(search, useful, best);
    }
    return draft_.cases[type_case].explored.emplace_back(std::move(best));
  }

  Search prepare(CaseId type_case, LandingMask mask) {
    const PositionId position = draft_.plan.cases[type_case].position;
    Search search;
    search.type_case = type_case;
    search.offers = &draft_.offers(type_case);
    search.landed_cover.resize(search.offers->words());
    if (position == draft_.plan.root()) {
      search.reach = &root_reach(mask);
      return search;
    }
    search.landed = draft_.landed(type_case, mask);
    for (StateId state : search.landed) unite(search.landed_cover, search.offers->of(model_, state));
    search.reach = &draft_.reach_from(search.landed);
    return search;
  }

  /// At the root nothing is open; every root state costs one fetch and needs no input.
  const std::vector<Derivation>& root_reach(LandingMask mask) {
    const std::vector<StateId>& landings = draft_.positions[draft_.plan.root()].landings;
    root_reach_.clear();
    for (size_t i = 0; i < landings.size(); ++i) {
      if ((mask & bit(i)) == 0) continue;
      root_reach_.push_back({.state = landings[i],
                             .jump = {},
                             .split = false,
                             .providers = {},
                             .fetches = 1,
                             .depth = 1,
                             .closure = {static_cast<uint32_t>(root_reach_.size())},
                             .own_fetches = 1});
    }
    return root_reach_;
  }

  void open(const Search& search, size_t entry, Opened& opened) const {
    for (uint32_t each : (*search.reach)[entry].closure) {
      opened.entries[each] = true;
      unite(opened.cover, search.offers->of(model_, (*search.reach)[each].state));
    }
  }

  static Opened nothing_opened(const Search& search) {
    return {.entries = std::vector<bool>(search.reach->size()), .cover = search.landed_cover};
  }

  /// Reach entries that offer something the landed states lack, without those that a cheaper entry covers entirely.
  std::vector<size_t> useful_states(const Search& search) const {
    const std::vector<Derivation>& reach = *search.reach;
    const size_t words = search.offers->words();
    std::vector<uint64_t> more(reach.size() * words);
    const auto offer = [&](size_t entry) { return &more[entry * words]; };
    std::vector<size_t> sizes(reach.size());
    for (size_t i = 0; i < reach.size(); ++i) {
      for (size_t w = 0; w < words; ++w) {
        offer(i)[w] = search.offers->of(model_, reach[i].state)[w] & ~search.landed_cover[w];
        sizes[i] += static_cast<size_t>(std::popcount(offer(i)[w]));
      }
    }
    const auto covers = [&](size_t a, size_t b) {
      for (size_t w = 0; w < words; ++w) {
        if ((offer(b)[w] & ~offer(a)[w]) != 0) return false;
      }
      return reach[a].fetches <= reach[b].fetches && reach[a].depth <= reach[b].depth && (a < b || sizes[a] > sizes[b]);
    };
    std::vector<size_t> useful;
    for (size_t i = 0; i < reach.size(); ++i) {
      bool needed = sizes[i] > 0;
      for (size_t j = 0; j < reach.size() && needed; ++j) needed = j == i || !covers(j, i);
      if (needed) useful.push_back(i);
    }
    return useful;
  }

  /// All subsets of the useful states.
  void exact(const Search& search, const std::vector<size_t>& useful, Explored& best) {
    const size_t words = search.offers->words();
    std::vector<uint64_t> covers(useful.size() * words);  // of each useful state with what it needs
    bool independent = true;
    Cover cover = search.landed_cover;
    for (size_t i = 0; i < useful.size(); ++i) {
      const std::vector<uint32_t>& closure = (*search.reach)[useful[i]].closure;
      const std::span<uint64_t> own = std::span(covers).subspan(i * words, words);
      for (uint32_t each : closure) unite(own, search.offers->of(model_, (*search.reach)[each].state));
      unite(cover, own.data());
      independent = independent && closure.size() == 1;
    }
    if (!search.offers->complete(cover)) return;
    // Nothing that is opened can make the items cheaper than when everything is.
    const uint64_t least = evaluate(search, cover, 0, kInfeasible);
    if (least == kInfeasible) return;
    evaluations_ += size_t{1} << useful.size();
    uint32_t best_subset = 0;
    for (uint32_t subset = 0; subset < (1u << useful.size()); ++subset) {
      const auto fetches_min = static_cast<uint64_t>(std::popcount(subset));
      if (kFetchCost * fetches_min + least >= best.cost) continue;
      const uint64_t base =
          independent ? independent_cost(search, useful, subset) : cost_of(search, entries_of(search, useful, subset));
      if (base + least >= best.cost) continue;
      cover = search.landed_cover;
      for (uint32_t left = subset; left != 0; left &= left - 1) {
        unite(cover, &covers[static_cast<size_t>(std::countr_zero(left)) * words]);
      }
      if (!search.offers->complete(cover)) continue;
      const uint64_t cost = evaluate(search, cover, base, best.cost);
      if (cost >= best.cost) continue;
      best.cost = cost;
      best_subset = subset;
    }
    if (best.cost != kInfeasible) best.opened = entries_of(search, useful, best_subset);
  }

  /// Fetches and stages of what is opened.
  struct Opening {
    uint64_t fetches = 0, depth = 0;

    void add(const Derivation& derivation) {
      fetches += derivation.own_fetches;
      depth = std::max<uint64_t>(depth, derivation.depth);
    }
    uint64_t cost() const { return kFetchCost * fetches + kStageCost * depth; }
  };

  /// When no useful state needs another.
  static uint64_t independent_cost(const Search& search, const std::vector<size_t>& useful, uint32_t subset) {
    Opening opening;
    for (uint32_t left = subset; left != 0; left &= left - 1) {
      opening.add((*search.reach)[useful[static_cast<size_t>(std::countr_zero(left))]]);
    }
    return opening.cost();
  }

  static std::vector<uint32_t> entries_of(const Search& search, const std::vector<size_t>& useful, uint32_t subset) {
    std::vector<uint32_t> entries;
    for (uint32_t left = subset; left != 0; left &= left - 1) {
      const Derivation& opened = (*search.reach)[useful[static_cast<size_t>(std::countr_zero(left))]];
      entries.insert(entries.end(), opened.closure.begin(), opened.closure.end());
    }
    sort_unique(entries);
    return entries;
  }

  static uint64_t cost_of(const Search& search, const std::vector<uint32_t>& entries) {
    Opening opening;
    for (uint32_t entry : entries) opening.add((*search.reach)[entry]);
    return opening.cost();
  }

  /// `base` and what the items cost from `cover`, which serves all of them; anything from `limit` on is as bad as
  /// `limit`.
  uint64_t evaluate(const Search& search, const Cover& cover, uint64_t base, uint64_t limit) {
    uint64_t cost = base + search.offers->leaf_count();
    for (const CaseOffers::Composite& composite : search.offers->composites()) {
      if (cost >= limit) return limit;
      const PositionId child = draft_.cases[search.type_case].items[composite.item].child;
      const uint64_t below = arrivals_.cheapest(child, CaseOffers::landings(cover, composite)).cost;
      if (below == kInfeasible) return kInfeasible;
      cost += below;
    }
    return cost;
  }

  // --- beyond the exact search

  /// Adds whichever state covers most of what is missing, then tries to do without each.
  void greedy(const Search& search, const std::vector<size_t>& useful, Explored& best) {
    Opened opened = nothing_opened(search);
    std::vector<size_t> added;
    while (true) {
      const size_t missing = search.offers->missing(opened.cover);
      size_t best_entry = 0;
      uint64_t best_gain = 0;
      for (size_t entry : useful) {
        if (opened.entries[entry]) continue;
        Cover with = opened.cover;
        unite(with, search.offers->of(model_, (*search.reach)[entry].state));
        const uint64_t gain = kFetchCost * (missing - search.offers->missing(with)) / (*search.reach)[entry].fetches;
        if (gain > best_gain) {
          best_gain = gain;
          best_entry = entry;
        }
      }
      if (best_gain == 0) break;
      open(search, best_entry, opened);
      added.push_back(best_entry);
    }
    keep_better(search, opened, best);
    for (size_t left_out : added) {
      Opened fewer = nothing_opened(search);
      for (size_t entry : added) {
        if (entry != left_out) open(search, entry, fewer);
      }
      keep_better(search, fewer, best);
    }
    if (best.cost != kInfeasible) return;
    // Something below needs more than the cheapest cover: open everything useful.
    for (size_t entry : useful) open(search, entry, opened);
    keep_better(search, opened, best);
  }

  void keep_better(const Search& search, const Opened& opened, Explored& best) {
    if (!search.offers->complete(opened.cover)) return;
    std::vector<uint32_t> entries;
    for (uint32_t i = 0; i < opened.entries.size(); ++i) {
      if (opened.entries[i]) entries.push_back(i);
    }
    const uint64_t cost = evaluate(search, opened.cover, cost_of(search, entries), best.cost);
    if (cost >= best.cost) return;
    best.cost = cost;
    best.opened = std::move(entries);
  }

  // --- the choice itself

  Choice materialize(CaseId type_case, const Explored& explored) {
    const Search search = prepare(type_case, explored.arriving);
    Choice choice;
    choice.cost = explored.cost;
    choice.feasible = explored.cost != kInfeasible;
    if (!choice.feasible) return choice;
    Cover cover = search.landed_cover;
    for (uint32_t entry : explored.opened) {
      choice.open.push_back((*search.reach)[entry].state);
      unite(cover, search.offers->of(model_, choice.open.back()));
    }
    const std::vector<DraftItem>& items = draft_.cases[type_case].items;
    choice.owners.resize(items.size());
    choice.landings.resize(items.size());
    for (size_t k = 0; k < items.size(); ++k) {
      if (!items[k].child) choice.owners[k] = owner(search.landed, choice.open, items[k], {});
    }
    for (const CaseOffers::Composite& composite : search.offers->composites()) {
      const DraftItem& item = items[composite.item];
      const Arrival arrival = arrivals_.cheapest(item.child, CaseOffers::landings(cover, composite));
      for (LandingMask left = arrival.mask; left != 0; left &= left - 1) {
        const auto landing = static_cast<uint32_t>(std::countr_zero(left));
        const StateId head = draft_.positions[item.child].landings[landing];
        choice.landings[composite.item].push_back(
            {.owner = owner(search.landed, choice.open, item, head), .landing = landing});
      }
    }
    return choice;
  }

  /// The open state to take `item` from: one that landed, else the cheapest one. With `head`: one that leads there.
  StateId owner(const std::vector<StateId>& landed, const std::vector<StateId>& opened, const DraftItem& item,
                StateId head) const {
    for (const std::vector<StateId>* states : {&landed, &opened}) {
      for (StateId state : *states) {
        const EdgeId edge = model_.find_edge(state, item.field);
        if (edge && (!head || model_.edges[edge].head == head)) return state;
      }
    }
    return {};
  }

  Draft& draft_;
  const Model& model_;
  Arrivals arrivals_;
  std::vector<Derivation> root_reach_;
  size_t evaluations_ = 0;
};

LandingMask all_landings(const Draft& draft, PositionId position) {
  const size_t count = draft.positions[position].landings.size();
  return count >= kLandingsMax ? ~LandingMask{0} : bit(count) - 1;
}

}  // namespace

void choose_states(Draft& draft) {
  if (draft.operation.type == operation::OperationType::mutation) return;  // each root field is chosen by itself
  const PositionId root = draft.plan.root();
  if (Chooser(draft).position_cost(root, all_landings(draft, root)) == kInfeasible) {
    draft.fail(ErrorCode::PLAN_FAILED, "no combination of subgraphs can serve this operation");
  }
}

std::shared_ptr<const Choice> choice_for(Draft& draft, CaseId type_case, LandingMask mask) {
  return Chooser(draft).choice(type_case, mask);
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
