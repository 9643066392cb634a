// Emit: from chosen states to fetches, shapes and representation templates.
//
// Whatever a fetch needs is made before the fetch itself, so that the graph of fetches cannot have a cycle and their
// ids are an order in which they can run. Key and requirement fields join the client's own positions where field and
// arguments are equal, and get hidden ones elsewhere.

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include "router/base/check.hpp"
#include "router/federation/passes/draft.hpp"

namespace signet::federation {

namespace {

class Emitter {
 public:
  explicit Emitter(Draft& draft) : draft_(draft), plan_(draft.plan), model_(draft.model()) {}

  void run() {
    const PositionId root = plan_.root();
    if (draft_.operation.type == operation::OperationType::mutation) {
      emit_mutation(root);
      return;
    }
    const CaseId type_case = plan_.positions[root].cases.front();
    decide(root, full_mask(draft_.positions[root].landings.size()));
    if (draft_.error || !draft_.cases[type_case].chosen) return;  // nothing is asked of subgraphs
    const Choice choice = chosen(type_case);
    for (StateId state : choice.open) open_root(root, type_case, state, {});
    emit_items(type_case, choice);
  }

 private:
  static LandingMask full_mask(size_t count) {
    return count >= kLandingsMax ? ~LandingMask{0} : (LandingMask{1} << count) - 1;
  }

  /// Fields of a mutation run in order, each once, and what follows from one is complete before the next one starts.
  /// Neighbours share a request when they go to the same subgraph and nothing follows from the first.
  void emit_mutation(PositionId root) {
    const CaseId type_case = plan_.positions[root].cases.front();
    const std::vector<DraftItem> items = draft_.cases[type_case].items;
    ShapeId current;
    for (const DraftItem& item : items) {
      const std::optional<RootChoice> choice = choose_mutation_root(draft_, item);
      if (!choice) return;
      const bool share = current && draft_.shapes[current].state == choice->root &&
                         plan_.shapes[current].fetch.value() + 1 == plan_.fetches.size();
      if (!share) {
        std::set<FetchId> all_before;
        for (size_t i = 0; i < plan_.fetches.size(); ++i) all_before.insert(FetchId(i));
        draft_.cases[type_case].open.clear();
        current = open_root(root, type_case, choice->root, all_before);
        plan_.fetches[plan_.shapes[current].fetch].mutation = true;
      }
      const uint16_t slot = add_slot(current, type_case, item.field, item.arguments, item.child, item.response_key);
      output(type_case, item, current, slot);
      if (item.child) {
        const LandingMask mask = LandingMask{1} << choice->landing;
        decide(item.child, mask);
        open_landing(item.child, current, slot, landing_state(item.child, choice->landing));
        emit_position(item.child, mask);
      }
    }
  }

  StateId landing_state(PositionId position, uint32_t landing) const {
    return draft_.positions[position].landings[landing];
  }

  void output(CaseId type_case, const DraftItem& item, ShapeId shape, uint16_t slot) {
    OutputField& field = plan_.cases[type_case].output[item.output];
    field.shape = shape;
    field.slot = slot;
  }

  /// Takes the choices for everything at `position`, before anything is emitted: what representations need must know
  /// where the client's own fields come from.
  void decide(PositionId position, LandingMask mask) {
    const std::vector<CaseId>& cases = plan_.positions[position].cases;
    const bool root = position == plan_.root();
    for (CaseId type_case : cases) {
      if (draft_.cases[type_case].items.empty() || (!root && draft_.landed(type_case, mask).empty())) continue;
      draft_.cases[type_case].chosen = choice_for(draft_, type_case, mask);
      const Choice& choice = *draft_.cases[type_case].chosen;
      if (SIGNET_BUG(!choice.feasible)) {
        draft_.fail(ErrorCode::PLAN_FAILED, "a chosen landing does not lead to all selected fields");
        return;
      }
      for (size_t k = 0; k < choice.landings.size(); ++k) {
        const PositionId child = draft_.cases[type_case].items[k].child;
        if (child) decide(child, mask_of(choice.landings[k]));
      }
    }
  }

  static LandingMask mask_of(const std::vector<Landing>& landings) {
    LandingMask mask = 0;
    for (const Landing& each : landings) mask |= LandingMask{1} << each.landing;
    return mask;
  }

  const Choice& chosen(CaseId type_case) const { return *draft_.cases[type_case].chosen; }

  void emit_position(PositionId position, LandingMask mask) {
    if (draft_.error) return;
    const std::vector<CaseId> cases = plan_.positions[position].cases;
    for (CaseId type_case : cases) {
      if (!draft_.cases[type_case].chosen) continue;  // no such object arrives, or nothing is asked of it
      const Choice choice = chosen(type_case);
      const std::vector<Derivation>& reach = draft_.reach_from(draft_.landed(type_case, mask));
      for (StateId state : choice.open) open(type_case, reach, state);
      emit_items(type_case, choice);
    }
  }

  void emit_items(CaseId type_case, const Choice& choice) {
    const std::vector<DraftItem> items = draft_.cases[type_case].items;
    for (size_t k = 0; k < items.size(); ++k) {
      const DraftItem& item = items[k];
      if (!item.child) {
        const ShapeId shape = find_open(type_case, choice.owners[k]);
        const uint16_t slot = leaf_slot(shape, type_case, item.field, item.arguments);
        plan_.shapes[shape].slots[slot].response_keys.push_back(item.response_key);
        output(type_case, item, shape, slot);
        continue;
      }
      for (const Landing& landing : choice.landings[k]) {
        const ShapeId shape = find_open(type_case, landing.owner);
        land(shape, type_case, item.field, item.arguments, item.child, landing_state(item.child, landing.landing));
      }
    }
    for (size_t k = 0; k < items.size(); ++k) {
      if (items[k].child) emit_position(items[k].child, mask_of(choice.landings[k]));
    }
  }

  // --- shapes and slots

  ShapeId find_open(CaseId type_case, StateId state) const {
    for (const auto& [open_state, shape] : draft_.cases[type_case].open) {
      if (open_state == state) return shape;
    }
    return {};
  }

  ShapeId add_shape(Shape shape, StateId state) {
    const ShapeId id = plan_.shapes.push_back(std::move(shape));
    draft_.shapes.push_back({.state = state, .arguments = {}});
    plan_.positions[plan_.shapes[id].position].shapes.push_back(id);
    return id;
  }

  uint16_t add_slot(ShapeId shape, CaseId type_case, FieldId field, const DraftArguments& arguments, PositionId child,
                    std::string response_key) {
    Slot slot;
    slot.type_case = type_case;
    slot.field = field;
    slot.type = draft_.schema().fields[field].type;
    slot.child = child;
    if (!response_key.empty()) slot.response_keys.push_back(std::move(response_key));
    std::vector<Slot>& slots = plan_.shapes[shape].slots;
    slots.push_back(std::move(slot));
    draft_.shapes[shape].arguments.push_back(arguments);
    return static_cast<uint16_t>(slots.size() - 1);
  }

  /// Leaves of one object with equal field and arguments are one slot, whatever clients call them.
  uint16_t leaf_slot(ShapeId shape, CaseId type_case, FieldId field, const DraftArguments& arguments) {
    const std::vector<Slot>& slots = plan_.shapes[shape].slots;
    for (size_t i = 0; i < slots.size(); ++i) {
      if (slots[i].type_case == type_case && slots[i].field == field &&
          draft_.shapes[shape].arguments[i].text == arguments.text) {
        return static_cast<uint16_t>(i);
      }
    }
    return add_slot(shape, type_case, field, arguments, {}, {});
  }

  /// The shape that lands at `child` from `shape`, which arrives in state `head`.
  ShapeId land(ShapeId shape, CaseId type_case, FieldId field, const DraftArguments& arguments, PositionId child,
               StateId head) {
    const std::vector<Slot>& slots = plan_.shapes[shape].slots;
    for (const Slot& slot : slots) {
      if (slot.child == child && slot.type_case == type_case) return slot.child_shape;
    }
    const uint16_t slot = add_slot(shape, type_case, field, arguments, child, plan_.positions[child].response_key);
    return open_landing(child, shape, slot, head);
  }

  ShapeId open_landing(PositionId position, ShapeId parent, uint16_t slot, StateId head) {
    Shape landed;
    landed.kind = ShapeKind::landed;
    landed.fetch = plan_.shapes[parent].fetch;
    landed.position = position;
    landed.parent = parent;
    landed.parent_slot = slot;
    const State& state = model_.states[head];
    if (state.kind == StateKind::object || state.kind == StateKind::root) {
      landed.type_case = set_case(position, state.type);
    }
    const ShapeId id = add_shape(std::move(landed), head);
    plan_.shapes[parent].slots[slot].child_shape = id;
    for (CaseId type_case : plan_.positions[position].cases) {
      const StateId cast = model_.cast(head, plan_.cases[type_case].type);
      if (cast) draft_.cases[type_case].open.emplace_back(cast, id);
    }
    return id;
  }

  ShapeId open_root(PositionId position, CaseId type_case, StateId state, const std::set<FetchId>& dependencies) {
    Shape shape;
    shape.kind = ShapeKind::root;
    shape.fetch = add_fetch(FetchKind::root, position, type_case, state, dependencies);
    shape.position = position;
    shape.type_case = type_case;
    const ShapeId id = add_shape(std::move(shape), state);
    plan_.fetches[plan_.shapes[id].fetch].shape = id;
    draft_.cases[type_case].open.emplace_back(state, id);
    return id;
  }

  // --- jumps

  FetchId add_fetch(FetchKind kind, PositionId position, CaseId type_case, StateId state,
                    const std::set<FetchId>& dependencies) {
    Fetch fetch;
    fetch.kind = kind;
    fetch.subgraph = model_.states[state].subgraph;
    fetch.position = position;
    fetch.type_case = type_case;
    fetch.at_root = position.value() == 0;
    fetch.dependencies.assign(dependencies.begin(), dependencies.end());
    if (plan_.fetches.size() >= kPlanFetchesMax) {
      draft_.fail(ErrorCode::UNSUPPORTED_OPERATION,
                  fmt::format("the operation needs more than {} subgraph requests", kPlanFetchesMax));
    }
    return plan_.fetches.push_back(std::move(fetch));
  }

  /// The shape of `state` at the objects of `type_case`, opened by the derivations of `reach` when it is not yet.
  ShapeId open(CaseId type_case, const std::vector<Derivation>& reach, StateId state) {
    if (const ShapeId already = find_open(type_case, state)) return already;
    if (draft_.error) return draft_.cases[type_case].open.front().second;  // whatever it is, nothing comes of it
    const auto found = std::ranges::find(reach, state, &Derivation::state);
    if (SIGNET_BUG(found == reach.end())) {
      draft_.fail(ErrorCode::PLAN_FAILED, "a chosen subgraph cannot be entered");
      return draft_.cases[type_case].open.front().second;
    }
    const Derivation& derivation = *found;
    const Jump& jump = model_.jumps[derivation.jump];
    const FieldSetId required = model_.states[state].required;
    const auto [items, key_items] = items_of(model_, jump, derivation.split);
    std::set<FetchId> dependencies;
    std::vector<Pick> picks;
    ShapeId anchor;
    for (size_t i = 0; i < items.size(); ++i) {
      const ShapeId provider = open(type_case, reach, derivation.providers[i]);
      if (!anchor ||
          (plan_.shapes[anchor].kind == ShapeKind::linked && plan_.shapes[provider].kind != ShapeKind::linked)) {
        anchor = provider;
      }
      picks.push_back({.item = items[i], .state = derivation.providers[i], .shape = provider, .key = i < key_items});
    }
    const std::vector<TemplateItemId> representation = template_items(type_case, picks, dependencies);
    // A root type needs no input; any object there lets it be asked.
    if (!anchor) anchor = draft_.cases[type_case].open.front().second;
    dependencies.insert(plan_.shapes[anchor].fetch);

    const FetchKind kind = jump.key ? FetchKind::entity : FetchKind::root;
    const FetchId fetch = add_fetch(kind, plan_.cases[type_case].position, type_case, state, dependencies);
    Shape linked;
    linked.kind = ShapeKind::linked;
    linked.fetch = fetch;
    linked.position = plan_.cases[type_case].position;
    linked.type_case = type_case;
    linked.parent = anchor;
    linked.link = plan_.shapes[anchor].link_count++;
    const ShapeId id = add_shape(std::move(linked), state);
    describe(plan_.fetches[fetch], id, jump, required, representation, plan_.cases[type_case].type_name);
    draft_.cases[type_case].open.emplace_back(state, id);
    return id;
  }

  void describe(Fetch& fetch, ShapeId shape, const Jump& jump, FieldSetId required,
                const std::vector<TemplateItemId>& representation, const std::string& type_name) {
    fetch.shape = shape;
    if (!jump.key) return;
    fetch.representation = representation;
    fetch.representation_prefix = fmt::format("{{\"__typename\":\"{}\"", type_name);
    fetch.key_text = model_.sets.sets[jump.key].text;
    if (required) fetch.required_text = model_.sets.sets[required].text;
  }

  // --- templates

  /// An item of a representation, and who provides it.
  struct Pick {
    SetItemId item;
    StateId state;
    ShapeId shape;  ///< of `state`
    bool key = false;
  };

  /// Makes everything of `picks`, at objects of `type_case`, available, and the parts of a representation that read it.
  /// Picks of one field are one member: key and requirement may go into the same composite field, and so may parts.
  std::vector<TemplateItemId> template_items(CaseId type_case, const std::vector<Pick>& picks,
                                             std::set<FetchId>& dependencies) {
    std::vector<std::vector<Pick>> members;
    for (const Pick& pick : picks) {
      const SetItem& item = model_.sets.items[pick.item];
      const auto same = std::ranges::find_if(members, [&](const std::vector<Pick>& each) {
        return model_.sets.items[each.front().item].field == item.field;
      });
      if (same == members.end()) {
        members.push_back({pick});
        continue;
      }
      if (model_.sets.items[same->front().item].arguments != item.arguments) {
        draft_.fail(ErrorCode::UNSUPPORTED_OPERATION,
                    fmt::format("a key and a requirement need field \"{}\" with different arguments",
                                draft_.schema().field_name(item.field)));
      }
      same->push_back(pick);
    }
    std::vector<TemplateItemId> result;
    for (const std::vector<Pick>& member : members) {
      if (draft_.error) break;
      result.push_back(template_item(type_case, member, dependencies));
    }
    return result;
  }

  TemplateItemId template_item(CaseId type_case, const std::vector<Pick>& picks, std::set<FetchId>& dependencies) {
    const SetItem item = model_.sets.items[picks.front().item];
    TemplateItem result;
    result.key_json = fmt::format("\"{}\":", draft_.schema().field_name(item.field));
    result.key = std::ranges::any_of(picks, &Pick::key);
    result.type = draft_.schema().fields[item.field].type;
    result.abstract = draft_.schema().types[result.type.type].abstract();
    const DraftArguments arguments{.text = item.arguments, .variables = {}};
    if (item.cases.empty()) {
      dependencies.insert(plan_.shapes[picks.front().shape].fetch);
      result.shape = picks.front().shape;
      result.slot = leaf_slot(result.shape, type_case, item.field, arguments);
      return plan_.template_items.push_back(std::move(result));
    }
    result.child = child_position(type_case, item.field, arguments, result.type, states_of(picks));
    std::map<TypeId, std::vector<Pick>> below;  // by type of the object
    for (const Pick& pick : picks) {
      dependencies.insert(plan_.shapes[pick.shape].fetch);
      const StateId head = model_.edges[model_.find_edge(pick.state, item.field)].head;
      const ShapeId landed = land(pick.shape, type_case, item.field, arguments, result.child, head);
      const std::vector<SetCaseId> cases = model_.sets.items[pick.item].cases;
      for (SetCaseId case_id : cases) pick_below(pick, case_id, head, landed, result.child, below);
    }
    for (const auto& [type, sub_picks] : below) {
      const CaseId child_case = set_case(result.child, type);
      std::vector<TemplateItemId> items = template_items(child_case, sub_picks, dependencies);
      result.cases.push_back({.type_case = child_case, .items = std::move(items)});
    }
    return plan_.template_items.push_back(std::move(result));
  }

  /// Who provides the items of one case below a composite item that landed in state `head`.
  void pick_below(const Pick& pick, SetCaseId case_id, StateId head, ShapeId landed, PositionId child,
                  std::map<TypeId, std::vector<Pick>>& below) {
    const SetCase each = model_.sets.cases[case_id];
    const StateId state = model_.cast(head, each.type);
    if (!state) return;  // objects of this type do not come from here
    const CaseId type_case = set_case(child, each.type);
    std::vector<Pick>& picks = below[each.type];
    for (SetItemId sub : each.items) {
      const StateId provider = best_provider(model_, state, sub);
      const ShapeId shape = provider == state ? landed : open(type_case, model_.reach[state], provider);
      picks.push_back({.item = sub, .state = provider, .shape = shape, .key = pick.key});
    }
  }

  static std::vector<StateId> states_of(const std::vector<Pick>& picks) {
    std::set<StateId> states;
    for (const Pick& pick : picks) states.insert(pick.state);
    return {states.begin(), states.end()};
  }

  /// The position of a composite field that is taken from exactly `sources`. The client's own one when it is taken from
  /// there as well; else a hidden one, so that what only a representation needs cannot show in the client's data.
  PositionId child_position(CaseId type_case, FieldId field, const DraftArguments& arguments, TypeRef type,
                            const std::vector<StateId>& sources) {
    const DraftCase& known = draft_.cases[type_case];
    for (size_t k = 0; known.chosen && k < known.items.size(); ++k) {
      const DraftItem& item = known.items[k];
      if (!item.child || item.field != field || item.arguments.text != arguments.text) continue;
      std::set<StateId> owners;
      for (const Landing& landing : known.chosen->landings[k]) owners.insert(landing.owner);
      if (std::ranges::equal(owners, sources)) return item.child;
    }
    for (PositionId id : known.hidden) {
      const DraftPosition& each = draft_.positions[id];
      if (plan_.positions[id].field == field && each.arguments.text == arguments.text && each.sources == sources) {
        return id;
      }
    }
    const PositionId hidden = draft_.add_position(type_case, field, type);
    draft_.positions[hidden].arguments = arguments;
    draft_.positions[hidden].sources = sources;
    draft_.cases[type_case].hidden.push_back(hidden);
    return hidden;
  }

  /// The case of `type`, with what has landed at its position before it was made.
  CaseId set_case(PositionId position, TypeId type) {
    const size_t cases_before = plan_.cases.size();
    const CaseId type_case = draft_.case_of(position, type);
    if (plan_.cases.size() == cases_before) return type_case;
    for (ShapeId shape : plan_.positions[position].shapes) {
      if (plan_.shapes[shape].kind == ShapeKind::linked) continue;
      const StateId cast = model_.cast(draft_.shapes[shape].state, type);
      if (cast) draft_.cases[type_case].open.emplace_back(cast, shape);
    }
    return type_case;
  }

  Draft& draft_;
  Plan& plan_;
  const Model& model_;
};

}  // namespace

void emit_fetches(Draft& draft) {
  Emitter(draft).run();
}

}  // namespace signet::federation
