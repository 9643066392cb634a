// The plan under construction, with what only the planner's passes need to know about it. Internal to the planner.
//
// Passes, in order: positions (the tree of the answer, and every state in which its objects could arrive), choose (the
// states to open), emit (fetches, shapes, templates), selections (wire names and the text of each fetch), requests
// (which fetches travel together, and the documents). Each adds to the draft; none takes anything back.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/federation/passes/offers.hpp"
#include "router/federation/plan.hpp"
#include "router/federation/plan_stages.hpp"
#include "router/federation/reach.hpp"
#include "router/operation/prepare.hpp"

namespace signet::federation {

inline constexpr uint32_t kPlanDepthMax = 256;
inline constexpr size_t kPlanPositionsMax = 20'000;
inline constexpr size_t kPlanCasesMax = 20'000;  // about 1.1 KB each, and most of what planning costs
inline constexpr size_t kPlanFetchesMax = 2'000;
inline constexpr size_t kLandingsMax = 64;  ///< bits of a LandingMask

/// A subset of DraftPosition::landings.
using LandingMask = uint64_t;

/// The arguments of a field as they are printed.
/// Lifetime: borrows from the operation or, for what representations need, from the supergraph.
struct DraftArguments {
  std::string_view text;
  std::span<const operation::VariableId> variables;
};

/// `"name":`, for a name of GraphQL, which needs no escaping.
inline std::string json_key(std::string_view name) {
  std::string key(name.size() + 3, '"');
  name.copy(&key[1], name.size());
  key.back() = ':';
  return key;
}

/// A field that the client selected on one object type.
struct DraftItem {
  FieldId field;
  DraftArguments arguments;
  std::string_view response_key;  ///< in the document
  PositionId child;               ///< composite fields
  size_t output = 0;              ///< in PositionCase::output
};

/// Where a composite item is taken from: an open state at the item's object, and the landing it leads to.
struct Landing {
  StateId owner;
  uint32_t landing = 0;  ///< in DraftPosition::landings of the child
};

/// What to open at one case when its objects arrive in the states of one mask.
struct Choice {
  bool feasible = false;
  uint64_t cost = 0;
  std::vector<StateId> open;                   ///< chosen ones, providers first
  std::vector<StateId> owners;                 ///< by item: leaves
  std::vector<std::vector<Landing>> landings;  ///< by item: composite fields
};

/// What the search found for objects that arrive in the states of one mask.
struct Explored {
  LandingMask arriving = 0;
  uint64_t cost = 0;                     ///< the largest value: no choice is feasible
  std::vector<uint32_t> opened;          ///< entries of what can be opened there
  std::shared_ptr<const Choice> choice;  ///< the same in full, once it was asked for
};

struct DraftCase {
  CaseId like;  ///< the case that is searched in its stead; see DraftPosition::like
  std::vector<DraftItem> items;
  std::optional<CaseOffers> offers;               ///< see Draft::offers()
  std::vector<Explored> explored;                 ///< every mask that was considered
  std::map<LandingMask, Choice> decided;          ///< choices that were made otherwise; the planner itself makes none
  std::shared_ptr<const Choice> chosen;           ///< what is emitted; none where nothing arrives
  std::vector<PositionId> hidden;                 ///< below it: what only representations need
  std::vector<std::pair<StateId, ShapeId>> open;  ///< emitted so far; those that landed come before their jumps
};

/// A way in which the objects of a position arrive.
struct Arrival {
  uint64_t cost = 0;     ///< the largest value: none is feasible
  LandingMask mask = 0;  ///< 0: not known yet
};

struct DraftPosition {
  std::vector<StateId> landings;  ///< every state in which its objects could arrive
  /// The first position with the same landings and, all the way down, the same fields, or this one. What the search
  /// finds there holds for all that are like it, so that it looks at each kind once however often an answer has it.
  PositionId like;
  DraftArguments arguments;
  std::vector<StateId> sources;  ///< hidden positions: where their field is taken from
  uint32_t depth = 0;
  std::vector<Arrival> arrivals;       ///< by what is available; empty where landings are many
  std::vector<uint64_t> single_costs;  ///< by landing: of arriving there alone; 0: not known yet
  std::vector<LandingMask> bridges;    ///< by landing: those that cheap jumps from it open
};

struct DraftShape {
  StateId state;
  std::vector<DraftArguments> arguments;  ///< by slot
};

/// What a fetch selects, as GraphQL text.
struct DraftFetch {
  std::string selection;
  std::vector<operation::VariableId> variables;  ///< ascending
};

struct Draft {
  Draft(const Supergraph& of, const operation::NormalizedOperation& planned) : supergraph(of), operation(planned) {}

  const Supergraph& supergraph;
  const operation::NormalizedOperation& operation;
  Plan plan;
  IdVector<PositionId, DraftPosition> positions;
  IdVector<CaseId, DraftCase> cases;
  IdVector<ShapeId, DraftShape> shapes;
  IdVector<FetchId, DraftFetch> fetches;
  std::optional<operation::DocumentError> error;
  std::map<std::vector<StateId>, std::vector<Derivation>> derived;  ///< see reach_from()

  const Model& model() const { return supergraph.model; }
  const schema::Schema& schema() const { return supergraph.schema; }

  void fail(ErrorCode code, std::string message) {
    if (!error) error = operation::DocumentError{.code = code, .message = std::move(message), .positions = {}};
  }

  /// What the states of `type_case` offer for its items. Lifetime: until cases are added.
  const CaseOffers& offers(CaseId type_case);
  /// Whether objects of `type_case` arrive from the landings of `mask`.
  bool arrives(CaseId type_case, LandingMask mask) const;
  /// The states of `type_case` in which they do, each once.
  std::vector<StateId> landed(CaseId type_case, LandingMask mask) const;
  /// What can be opened where `open` is, as derive() has it. Lifetime: the draft's.
  const std::vector<Derivation>& reach_from(const std::vector<StateId>& open);

  /// Makes room for `count` positions of one case each, as most are.
  void reserve(size_t count);
  PositionId add_position(CaseId parent, FieldId field, TypeRef type);
  /// The case of `type` at `position`, made when there is none yet.
  CaseId case_of(PositionId position, TypeId type);
  /// "user.orders[].total" for messages.
  std::string path(PositionId position) const;
};

/// Runs the passes up to `last`, or until one fails.
void run_passes(Draft& draft, const graphql::Document& document, PlanStage last);

/// Builds positions from the operation and fills in all landings.
void build_positions(Draft& draft, const graphql::Document& document);
/// Chooses the states to open from the root down.
void choose_states(Draft& draft);
/// The choice for `type_case` when its objects arrive in `mask`; feasible unless choose_states() failed.
std::shared_ptr<const Choice> choice_for(Draft& draft, CaseId type_case, LandingMask mask);
/// The best mask for an item of a mutation's root that `root` resolves.
struct RootChoice {
  StateId root;
  uint32_t landing = 0;
};
std::optional<RootChoice> choose_mutation_root(Draft& draft, const DraftItem& item);
/// Makes fetches, shapes, templates and the projection for the chosen states.
void emit_fetches(Draft& draft);
/// Orders shapes, reduces dependencies, gives wire names and prints what each fetch selects.
void write_selections(Draft& draft);
/// Puts fetches into requests and prints the requests' documents.
void make_requests(Draft& draft, const graphql::Document& document);

}  // namespace signet::federation
