// No choice of states and landings gives a plan with fewer requests than the planner's: every one of them is tried, for
// each golden operation of up to twelve positions. Only choices with as few doubled landings as can be count: to match
// objects of two subgraphs by their place trusts both, and the planner does it where nothing else leads on.
#include <algorithm>
#include <gtest/gtest.h>

#include "router/federation/passes/draft.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/planning.hpp"

namespace signet::federation {
namespace {

constexpr size_t kPositionsMax = 12;
constexpr size_t kReachMax = 8;
constexpr size_t kPlansMax = 200'000;

/// Makes every choice there is, emits the plan of each combination, and keeps the least number of requests.
class Exhaustive {
 public:
  Exhaustive(const Draft& start, const graphql::Document& document) : start_(start), document_(document) {}

  /// Nothing when there are too many combinations to try.
  std::optional<size_t> run() {
    const PositionId root = start_.plan.root();
    const CaseId type_case = start_.plan.positions[root].cases.front();
    const size_t landings = start_.positions[root].landings.size();
    decide({{type_case, (LandingMask{1} << landings) - 1}}, start_, 0);
    if (too_many_) return std::nullopt;
    return best_.second;
  }

 private:
  using Open = std::pair<CaseId, LandingMask>;

  void decide(std::vector<Open> open, const Draft& draft, size_t doubled) {
    if (too_many_ || doubled > best_.first) return;
    if (open.empty()) return emit(draft, doubled);
    const auto [type_case, mask] = open.back();
    open.pop_back();
    for (Choice& choice : choices(draft, type_case, mask)) {
      std::vector<Open> next = open;
      size_t now_doubled = doubled;
      for (size_t k = 0; k < choice.landings.size(); ++k) {
        const PositionId child = draft.cases[type_case].items[k].child;
        LandingMask below = 0;
        for (const Landing& landing : choice.landings[k]) below |= LandingMask{1} << landing.landing;
        if (!child) continue;
        now_doubled += choice.landings[k].size() - 1;
        arrive(draft, child, below, next);
      }
      Draft decided = draft;
      decided.cases[type_case].decided.emplace(mask, std::move(choice));
      decide(std::move(next), decided, now_doubled);
    }
  }

  static void arrive(const Draft& draft, PositionId position, LandingMask mask, std::vector<Open>& open) {
    const std::vector<StateId>& landings = draft.positions[position].landings;
    for (CaseId type_case : draft.plan.positions[position].cases) {
      const auto lands = [&](size_t i) {
        return (mask >> i & 1) != 0 && draft.model().cast(landings[i], draft.plan.cases[type_case].type);
      };
      for (size_t i = 0; i < landings.size(); ++i) {
        if (!lands(i)) continue;
        open.emplace_back(type_case, mask);
        break;
      }
    }
  }

  void emit(const Draft& decided, size_t doubled) {
    if (++plans_ > kPlansMax) {
      too_many_ = true;
      return;
    }
    Draft draft = decided;
    emit_fetches(draft);
    if (draft.error) return;
    write_selections(draft);
    make_requests(draft, document_);
    if (!draft.error) best_ = std::min(best_, {doubled, draft.plan.requests.size()});
  }

  /// What the objects of one mask may open and where they lead; written apart from the planner's own search.
  std::vector<Choice> choices(const Draft& draft, CaseId type_case, LandingMask mask) {
    const PositionId position = draft.plan.cases[type_case].position;
    const std::vector<StateId>& landings = draft.positions[position].landings;
    std::vector<StateId> landed;
    std::vector<Derivation> reach;
    for (size_t i = 0; i < landings.size(); ++i) {
      if ((mask >> i & 1) == 0) continue;
      if (position == draft.plan.root()) {
        reach.push_back({.state = landings[i],
                         .jump = {},
                         .split = false,
                         .providers = {},
                         .fetches = 1,
                         .depth = 1,
                         .closure = {}});
      } else if (const StateId cast = draft.model().cast(landings[i], draft.plan.cases[type_case].type)) {
        landed.push_back(cast);
      }
    }
    if (!landed.empty()) reach = derive(draft.model(), landed);
    std::vector<Choice> result;
    if (reach.size() > kReachMax) {
      too_many_ = true;
      return result;
    }
    for (uint32_t subset = 0; subset < (1u << reach.size()); ++subset) {
      std::vector<StateId> open = landed;
      bool closed = true;
      for (size_t i = 0; i < reach.size(); ++i) {
        if ((subset >> i & 1) == 0) continue;
        closed = closed && std::ranges::all_of(reach[i].providers, [&](StateId provider) {
                   return std::ranges::find(open, provider) != open.end();
                 });
        open.push_back(reach[i].state);
      }
      if (closed) add_choices(draft, type_case, open, landed.size(), result);
    }
    return result;
  }

  /// One choice for each way in which `open` serves all items.
  static void add_choices(const Draft& draft, CaseId type_case, const std::vector<StateId>& open, size_t landed,
                          std::vector<Choice>& out) {
    const std::vector<DraftItem>& items = draft.cases[type_case].items;
    std::vector<Choice> partial(1);
    partial.front().feasible = true;
    partial.front().open.assign(open.begin() + static_cast<ptrdiff_t>(landed), open.end());
    for (const DraftItem& item : items) {
      std::vector<Choice> extended;
      std::vector<Landing> available;
      StateId owner;
      for (StateId state : open) {
        const EdgeId edge = draft.model().find_edge(state, item.field);
        if (!edge) continue;
        if (!owner) owner = state;
        if (!item.child) continue;
        const auto& heads = draft.positions[item.child].landings;
        const auto head = std::ranges::find(heads, draft.model().edges[edge].head) - heads.begin();
        const auto landing = static_cast<uint32_t>(head);
        const bool known = std::ranges::find(available, landing, &Landing::landing) != available.end();
        if (!known) available.push_back({.owner = state, .landing = landing});
      }
      if (!owner) return;
      for (const Choice& choice : partial) {
        const uint32_t subsets = item.child ? 1u << available.size() : 2;
        for (uint32_t subset = 1; subset < subsets; ++subset) {
          Choice next = choice;
          next.owners.push_back(item.child ? StateId() : owner);
          next.landings.emplace_back();
          for (size_t i = 0; item.child && i < available.size(); ++i) {
            if ((subset >> i & 1) != 0) next.landings.back().push_back(available[i]);
          }
          extended.push_back(std::move(next));
        }
      }
      partial = std::move(extended);
    }
    out.insert(out.end(), std::make_move_iterator(partial.begin()), std::make_move_iterator(partial.end()));
  }

  const Draft& start_;
  const graphql::Document& document_;
  std::pair<size_t, size_t> best_{SIZE_MAX, SIZE_MAX};  ///< doubled landings, requests
  size_t plans_ = 0;
  bool too_many_ = false;
};

/// The least number of requests for a query, or nothing when it is a mutation, too large, or not plannable.
std::optional<size_t> least_requests(const Supergraph& supergraph, const std::string& text) {
  const auto document = graphql::parse_executable(text);
  if (!document) return std::nullopt;
  const auto id = operation::select_operation(*document, {});
  if (!id) return std::nullopt;
  const auto normalized = operation::normalize(*document, supergraph.schema, *id, 0);
  if (!normalized || normalized->type != operation::OperationType::query) return std::nullopt;
  Draft draft(supergraph, *normalized);
  draft.plan.type = normalized->type;
  build_positions(draft, *document);
  if (draft.error || draft.positions.size() > kPositionsMax) return std::nullopt;
  return Exhaustive(draft, *document).run();
}

TEST(PlanQuality, NoChoiceNeedsFewerRequests) {
  size_t compared = 0;
  for (const std::string& graph : testing::golden_graphs()) {
    const auto supergraph = load_supergraph(testing::golden_supergraph(graph));
    ASSERT_TRUE(supergraph);
    for (const testing::GoldenOperation& each : testing::golden_operations(graph)) {
      const testing::Planned planned = testing::plan_text(*supergraph, each.operation);
      if (!planned.plan) continue;
      const std::optional<size_t> least = least_requests(*supergraph, each.operation);
      if (!least) continue;
      EXPECT_EQ(planned.plan->requests.size(), *least) << each.file;
      ++compared;
    }
  }
  EXPECT_GE(compared, 8u);
}

}  // namespace
}  // namespace signet::federation
