// Emitter: makes fetches, shapes, templates and the projection of a plan from the chosen states. Internal to the
// planner; emit.cpp has what goes down the client's fields, templates.cpp what representations need.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "router/federation/passes/draft.hpp"

namespace signet::federation {

class Emitter {
 public:
  explicit Emitter(Draft& draft) : draft_(draft), plan_(draft.plan), model_(draft.model()) {}

  void run();

 private:
  /// An item of a representation, and who provides it.
  struct Pick {
    SetItemId item;
    StateId state;
    ShapeId shape;  ///< of `state`
    bool key = false;
  };

  // positions and the client's fields
  static LandingMask full_mask(size_t count);
  /// Fields of a mutation run in order, each once, and what follows from one is complete before the next one starts.
  /// Neighbours share a request when they go to the same subgraph and nothing follows from the first.
  void emit_mutation(PositionId root);
  StateId landing_state(PositionId position, uint32_t landing) const;
  void output(CaseId type_case, const DraftItem& item, ShapeId shape, uint16_t slot);
  /// Takes the choices for everything at `position`, before anything is emitted: what representations need must know
  /// where the client's own fields come from.
  void decide(PositionId position, LandingMask mask);
  static LandingMask mask_of(const std::vector<Landing>& landings);
  void emit_position(PositionId position, LandingMask mask);
  void emit_items(CaseId type_case, const Choice& choice);

  // shapes and slots
  ShapeId find_open(CaseId type_case, StateId state) const;
  ShapeId add_shape(Shape shape, StateId state);
  uint16_t add_slot(ShapeId shape, CaseId type_case, FieldId field, const DraftArguments& arguments, PositionId child,
                    std::string_view response_key);
  /// Leaves of one object with equal field and arguments are one slot, whatever clients call them.
  uint16_t leaf_slot(ShapeId shape, CaseId type_case, FieldId field, const DraftArguments& arguments);
  /// The shape that lands at `child` from `shape`, which arrives in state `head`.
  ShapeId land(ShapeId shape, CaseId type_case, FieldId field, const DraftArguments& arguments, PositionId child,
               StateId head);
  ShapeId open_landing(PositionId position, ShapeId parent, uint16_t slot, StateId head);
  ShapeId open_root(PositionId position, CaseId type_case, StateId state, std::vector<FetchId> dependencies);

  // jumps
  FetchId add_fetch(FetchKind kind, PositionId position, CaseId type_case, StateId state,
                    std::vector<FetchId> dependencies);
  /// The shape of `state` at the objects of `type_case`, opened by the derivations of `reach` when it is not yet.
  ShapeId open(CaseId type_case, const std::vector<Derivation>& reach, StateId state);
  void describe(Fetch& fetch, ShapeId shape, const Jump& jump, FieldSetId required,
                std::vector<TemplateItemId> representation, const std::string& type_name);

  // templates
  /// Makes everything of `picks`, at objects of `type_case`, available, and the parts of a representation that read it.
  /// Picks of one field are one member: key and requirement may go into the same composite field, and so may parts.
  std::vector<TemplateItemId> template_items(CaseId type_case, const std::vector<Pick>& picks,
                                             std::vector<FetchId>& dependencies);
  TemplateItemId template_item(CaseId type_case, const std::vector<Pick>& picks, std::vector<FetchId>& dependencies);
  /// Who provides the items of one case below a composite item that landed in state `head`.
  void pick_below(const Pick& pick, SetCaseId case_id, StateId head, ShapeId landed, PositionId child,
                  std::map<TypeId, std::vector<Pick>>& below);
  static std::vector<StateId> states_of(const std::vector<Pick>& picks);
  /// The position of a composite field that is taken from exactly `sources`. The client's own one when it is taken from
  /// there as well; else a hidden one, so that what only a representation needs cannot show in the client's data.
  PositionId child_position(CaseId type_case, FieldId field, const DraftArguments& arguments, TypeRef type,
                            const std::vector<StateId>& sources);
  /// The case of `type`, with what has landed at its position before it was made.
  CaseId set_case(PositionId position, TypeId type);

  Draft& draft_;
  Plan& plan_;
  const Model& model_;
};

}  // namespace signet::federation
