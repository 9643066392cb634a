// Emit: from chosen states to fetches, shapes and representation templates.
//
// Whatever a fetch needs is made before the fetch itself, so that the graph of fetches cannot have a cycle and their
// ids are an order in which they can run. Key and requirement fields join the client's own positions where field and
// arguments are equal, and get hidden ones elsewhere.

#include <algorithm>
#include <fmt/format.h>
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
    const LandingMask mask = full_mask(draft_.positions[root].landings.size());
    const Choice choice = choice_for(draft_, type_case, mask);
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
        open_landing(item.child, current, slot, landing_state(item.child, choice->landing));
        emit_position(item.child, LandingMask{1} << choice->landing);
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

  void emit_position(PositionId position, LandingMask mask) {
    if (draft_.error) return;
    const std::vector<CaseId> cases = plan_.positions[position].cases;
    for (CaseId type_case : cases) {
      if (draft_.cases[type_case].open.empty()) continue;  // no such object arrives
      if (draft_.cases[type_case].items.empty()) continue;
      const Choice choice = choice_for(draft_, type_case, mask);
      if (SIGNET_BUG(!choice.feasible)) {
        draft_.fail(ErrorCode::PLAN_FAILED, "a chosen landing does not lead to all selected fields");
        return;
      }
      const std::vector<Derivation>& reach = draft_.reach_from(draft_.landed(type_case, mask));
      for (StateId state : choice.open) open(type_case, reach, state);
      emit_items(type_case, choice);
    }
  }

  void emit_items(CaseId type_case, const Choice& choice) {
    const std::vector<DraftItem> items = draft_.cases[type_case].items;
    std::vector<LandingMask> masks(items.size());
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
        masks[k] |= LandingMask{1} << landing.landing;
      }
    }
    for (size_t k = 0; k < items.size(); ++k) {
      if (items[k].child) emit_position(items[k].child, masks[k]);
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
    std::vector<TemplateItemId> representation;
    ShapeId anchor;
    for (size_t i = 0; i < items.size(); ++i) {
      const ShapeId provider = open(type_case, reach, derivation.providers[i]);
      if (!anchor ||
          (plan_.shapes[anchor].kind == ShapeKind::linked && plan_.shapes[provider].kind != ShapeKind::linked)) {
        anchor = provider;
      }
      const bool repeated = i >= key_items && key_has(items, key_items, items[i]);
      const TemplateItemId item =
          template_item(type_case, provider, derivation.providers[i], items[i], i < key_items, dependencies);
      if (!repeated) representation.push_back(item);
    }
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

  /// A requirement may name a leaf of the key again; a composite field may extend it and stays apart, see merge().
  bool key_has(const std::vector<SetItemId>& items, size_t key_items, SetItemId item) const {
    const SetItem& wanted = model_.sets.items[item];
    return wanted.cases.empty() &&
           std::ranges::any_of(items.begin(), items.begin() + static_cast<ptrdiff_t>(key_items), [&](SetItemId each) {
             const SetItem& key = model_.sets.items[each];
             return key.field == wanted.field && key.arguments == wanted.arguments;
           });
  }

  void describe(Fetch& fetch, ShapeId shape, const Jump& jump, FieldSetId required,
                const std::vector<TemplateItemId>& representation, const std::string& type_name) {
    fetch.shape = shape;
    if (!jump.key) return;
    fetch.representation = merge(representation);
    fetch.representation_prefix = fmt::format("{{\"__typename\":\"{}\"", type_name);
    fetch.key_text = model_.sets.sets[jump.key].text;
    if (required) fetch.required_text = model_.sets.sets[required].text;
  }

  /// Key and requirement may go into the same composite field: one JSON member then holds what both want.
  std::vector<TemplateItemId> merge(const std::vector<TemplateItemId>& items) {
    std::vector<TemplateItemId> merged;
    for (TemplateItemId id : items) {
      const auto same = std::ranges::find_if(merged, [&](TemplateItemId other) {
        return plan_.template_items[other].key_json == plan_.template_items[id].key_json;
      });
      if (same == merged.end()) {
        merged.push_back(id);
      } else if (plan_.template_items[*same].child &&
                 plan_.template_items[*same].child == plan_.template_items[id].child) {
        merge_cases(*same, id);
      } else if (plan_.template_items[*same].shape != plan_.template_items[id].shape ||
                 plan_.template_items[*same].slot != plan_.template_items[id].slot) {
        draft_.fail(ErrorCode::UNSUPPORTED_OPERATION,
                    fmt::format("a key and a requirement need field {} with different arguments",
                                plan_.template_items[id].key_json));
      }
    }
    return merged;
  }

  void merge_cases(TemplateItemId into, TemplateItemId from) {
    const std::vector<TemplateItem::Case> cases = plan_.template_items[from].cases;
    plan_.template_items[into].key = plan_.template_items[into].key || plan_.template_items[from].key;
    for (const TemplateItem::Case& each : cases) {
      std::vector<TemplateItem::Case>& target = plan_.template_items[into].cases;
      const auto same = std::ranges::find(target, each.type_case, &TemplateItem::Case::type_case);
      if (same == target.end()) {
        target.push_back(each);
        continue;
      }
      std::vector<TemplateItemId> all = same->items;
      all.insert(all.end(), each.items.begin(), each.items.end());
      std::vector<TemplateItemId> merged = merge(all);
      const auto again =
          std::ranges::find(plan_.template_items[into].cases, each.type_case, &TemplateItem::Case::type_case);
      again->items = std::move(merged);
    }
  }

  /// Makes `item` available from `shape` at `type_case`, and the part of a representation that reads it.
  TemplateItemId template_item(CaseId type_case, ShapeId shape, StateId state, SetItemId item_id, bool key,
                               std::set<FetchId>& dependencies) {
    const SetItem item = model_.sets.items[item_id];
    TemplateItem result;
    if (draft_.error) return plan_.template_items.push_back(std::move(result));
    result.key_json = fmt::format("\"{}\":", draft_.schema().field_name(item.field));
    result.key = key;
    result.type = draft_.schema().fields[item.field].type;
    dependencies.insert(plan_.shapes[shape].fetch);
    const DraftArguments arguments{.text = item.arguments, .variables = {}};
    if (item.cases.empty()) {
      result.shape = shape;
      result.slot = leaf_slot(shape, type_case, item.field, arguments);
      return plan_.template_items.push_back(std::move(result));
    }
    result.child = child_position(type_case, item.field, arguments, result.type);
    const StateId head = model_.edges[model_.find_edge(state, item.field)].head;
    const ShapeId landed = land(shape, type_case, item.field, arguments, result.child, head);
    for (SetCaseId case_id : item.cases) {
      const SetCase each = model_.sets.cases[case_id];
      const StateId below = model_.cast(head, each.type);
      if (!below) continue;  // objects of this type do not come from here
      TemplateItem::Case part{.type_case = set_case(result.child, each.type), .items = {}};
      for (SetItemId sub : each.items) {
        const StateId provider = best_provider(model_, below, sub);
        const ShapeId from = provider == below ? landed : open(part.type_case, model_.reach[below], provider);
        part.items.push_back(template_item(part.type_case, from, provider, sub, key, dependencies));
      }
      result.cases.push_back(std::move(part));
    }
    return plan_.template_items.push_back(std::move(result));
  }

  /// The position of a composite field: the client's own when field and arguments are equal, else a hidden one.
  PositionId child_position(CaseId type_case, FieldId field, const DraftArguments& arguments, TypeRef type) {
    for (size_t i = 0; i < plan_.positions.size(); ++i) {
      const Position& each = plan_.positions[PositionId(i)];
      if (each.parent == type_case && each.field == field &&
          draft_.positions[PositionId(i)].arguments.text == arguments.text) {
        return PositionId(i);
      }
    }
    const PositionId hidden = draft_.add_position(type_case, field, type);
    draft_.positions[hidden].arguments = arguments;
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
