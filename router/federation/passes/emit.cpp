// Emit: from chosen states to fetches, shapes and representation templates.
//
// Whatever a fetch needs is made before the fetch itself, so that the graph of fetches cannot have a cycle and their
// ids are an order in which they can run.

#include <algorithm>
#include <fmt/format.h>
#include <span>

#include "router/base/check.hpp"
#include "router/base/sort_unique.hpp"
#include "router/federation/passes/emitter.hpp"
#include "router/json/scanner.hpp"

namespace signet::federation {

namespace {

/// Scalars that result coercion of `type` leaves as they are, whatever they say.
/// Spec: https://spec.graphql.org/September2025/#sec-Scalars
uint8_t plain_scalars(const schema::Schema& schema, TypeRef type) {
  const auto set = [](auto... scalars) { return static_cast<uint8_t>((static_cast<unsigned>(scalars) | ...)); };
  using json::Scalar;
  const schema::Type& named = schema.types[type.type];
  if (type.is_list() || named.kind != schema::TypeKind::scalar) return 0;
  switch (named.builtin) {
    case schema::BuiltinScalar::int_:
      return set(Scalar::short_integer);
    case schema::BuiltinScalar::float_:
      return set(Scalar::short_integer, Scalar::number);
    case schema::BuiltinScalar::string:
    case schema::BuiltinScalar::id:
      return set(Scalar::string);
    case schema::BuiltinScalar::boolean:
      return set(Scalar::boolean);
    case schema::BuiltinScalar::none:
      return set(Scalar::boolean, Scalar::string, Scalar::short_integer, Scalar::number);
  }
  return 0;
}

}  // namespace

void Emitter::run() {
  const PositionId root = plan_.root();
  if (draft_.operation.type == operation::OperationType::mutation) {
    emit_mutation(root);
    return;
  }
  const CaseId type_case = plan_.positions[root].cases.front();
  decide(root, full_mask(draft_.positions[root].landings.size()));
  if (draft_.error || !draft_.cases[type_case].chosen) return;  // nothing is asked of subgraphs
  const Choice& choice = *draft_.cases[type_case].chosen;
  for (StateId state : choice.open) open_root(root, type_case, state, {});
  emit_items(type_case, choice);
}

LandingMask Emitter::full_mask(size_t count) {
  return count >= kLandingsMax ? ~LandingMask{0} : (LandingMask{1} << count) - 1;
}

void Emitter::emit_mutation(PositionId root) {
  const CaseId type_case = plan_.positions[root].cases.front();
  const std::vector<DraftItem> items = draft_.cases[type_case].items;
  ShapeId current;
  for (const DraftItem& item : items) {
    const std::optional<RootChoice> choice = choose_mutation_root(draft_, item);
    if (!choice) return;
    const bool share = current && draft_.shapes[current].state == choice->root &&
                       plan_.shapes[current].fetch.value() + 1 == plan_.fetches.size();
    if (!share) {
      std::vector<FetchId> all_before;
      for (size_t i = 0; i < plan_.fetches.size(); ++i) all_before.emplace_back(i);
      draft_.cases[type_case].open.clear();
      current = open_root(root, type_case, choice->root, std::move(all_before));
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

StateId Emitter::landing_state(PositionId position, uint32_t landing) const {
  return draft_.positions[position].landings[landing];
}

void Emitter::output(CaseId type_case, const DraftItem& item, ShapeId shape, uint16_t slot) {
  OutputField& field = plan_.cases[type_case].output[item.output];
  field.shape = shape;
  field.slot = slot;
}

void Emitter::decide(PositionId position, LandingMask mask) {
  const std::vector<CaseId>& cases = plan_.positions[position].cases;
  const bool root = position == plan_.root();
  for (CaseId type_case : cases) {
    if (draft_.cases[type_case].items.empty() || (!root && !draft_.arrives(type_case, mask))) continue;
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

LandingMask Emitter::mask_of(const std::vector<Landing>& landings) {
  LandingMask mask = 0;
  for (const Landing& each : landings) mask |= LandingMask{1} << each.landing;
  return mask;
}

void Emitter::emit_position(PositionId position, LandingMask mask) {
  if (draft_.error) return;
  const std::vector<CaseId> cases = plan_.positions[position].cases;
  for (CaseId type_case : cases) {
    const Choice* chosen = draft_.cases[type_case].chosen.get();
    if (chosen == nullptr) continue;  // no such object arrives, or nothing is asked of it
    if (!chosen->open.empty()) {
      const std::vector<Derivation>& reach = draft_.reach_from(draft_.landed(type_case, mask));
      for (StateId state : chosen->open) open(type_case, reach, state);
    }
    emit_items(type_case, *chosen);
  }
}

void Emitter::emit_items(CaseId type_case, const Choice& choice) {
  const std::span<const DraftItem> items = draft_.cases[type_case].items;  // which stay when cases are added
  for (size_t k = 0; k < items.size(); ++k) {
    const DraftItem& item = items[k];
    if (!item.child) {
      const ShapeId shape = find_open(type_case, choice.owners[k]);
      const uint16_t slot = leaf_slot(shape, type_case, item.field, item.arguments);
      plan_.shapes[shape].slots[slot].response_keys.emplace_back(item.response_key);
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

ShapeId Emitter::find_open(CaseId type_case, StateId state) const {
  for (const auto& [open_state, shape] : draft_.cases[type_case].open) {
    if (open_state == state) return shape;
  }
  return {};
}

ShapeId Emitter::add_shape(Shape shape, StateId state) {
  const ShapeId id = plan_.shapes.push_back(std::move(shape));
  DraftShape draft{.state = state, .arguments = {}};
  if (const CaseId only = plan_.shapes[id].type_case) draft.arguments.reserve(draft_.cases[only].items.size());
  draft_.shapes.push_back(std::move(draft));
  plan_.positions[plan_.shapes[id].position].shapes.push_back(id);
  return id;
}

uint16_t Emitter::add_slot(ShapeId shape, CaseId type_case, FieldId field, const DraftArguments& arguments,
                           PositionId child, std::string_view response_key) {
  Slot slot;
  slot.type_case = type_case;
  slot.field = field;
  slot.type = draft_.schema().fields[field].type;
  slot.plain = plain_scalars(draft_.schema(), slot.type);
  slot.child = child;
  if (!response_key.empty()) slot.response_keys.emplace_back(response_key);
  std::vector<Slot>& slots = plan_.shapes[shape].slots;
  if (slots.size() == kSlotsMax) {
    draft_.fail(ErrorCode::UNSUPPORTED_OPERATION,
                fmt::format("more than {} fields of one object are asked of one subgraph", kSlotsMax));
    return 0;
  }
  slots.push_back(std::move(slot));
  draft_.shapes[shape].arguments.push_back(arguments);
  return static_cast<uint16_t>(slots.size() - 1);
}

uint16_t Emitter::leaf_slot(ShapeId shape, CaseId type_case, FieldId field, const DraftArguments& arguments) {
  const std::vector<Slot>& slots = plan_.shapes[shape].slots;
  for (size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].type_case == type_case && slots[i].field == field &&
        draft_.shapes[shape].arguments[i].text == arguments.text) {
      return static_cast<uint16_t>(i);
    }
  }
  return add_slot(shape, type_case, field, arguments, {}, {});
}

ShapeId Emitter::land(ShapeId shape, CaseId type_case, FieldId field, const DraftArguments& arguments, PositionId child,
                      StateId head) {
  const std::vector<Slot>& slots = plan_.shapes[shape].slots;
  for (const Slot& slot : slots) {
    if (slot.child == child && slot.type_case == type_case) return slot.child_shape;
  }
  const uint16_t slot = add_slot(shape, type_case, field, arguments, child, plan_.positions[child].response_key);
  return open_landing(child, shape, slot, head);
}

ShapeId Emitter::open_landing(PositionId position, ShapeId parent, uint16_t slot, StateId head) {
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

ShapeId Emitter::open_root(PositionId position, CaseId type_case, StateId state, std::vector<FetchId> dependencies) {
  Shape shape;
  shape.kind = ShapeKind::root;
  shape.fetch = add_fetch(FetchKind::root, position, type_case, state, std::move(dependencies));
  shape.position = position;
  shape.type_case = type_case;
  const ShapeId id = add_shape(std::move(shape), state);
  plan_.fetches[plan_.shapes[id].fetch].shape = id;
  draft_.cases[type_case].open.emplace_back(state, id);
  return id;
}

FetchId Emitter::add_fetch(FetchKind kind, PositionId position, CaseId type_case, StateId state,
                           std::vector<FetchId> dependencies) {
  Fetch fetch;
  fetch.kind = kind;
  fetch.subgraph = model_.states[state].subgraph;
  fetch.position = position;
  fetch.type_case = type_case;
  fetch.at_root = position.value() == 0;
  sort_unique(dependencies);
  fetch.dependencies = std::move(dependencies);
  if (plan_.fetches.size() >= kPlanFetchesMax) {
    draft_.fail(ErrorCode::UNSUPPORTED_OPERATION,
                fmt::format("the operation needs more than {} subgraph requests", kPlanFetchesMax));
  }
  return plan_.fetches.push_back(std::move(fetch));
}

ShapeId Emitter::open(CaseId type_case, const std::vector<Derivation>& reach, StateId state) {
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
  std::vector<FetchId> dependencies;
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
  std::vector<TemplateItemId> representation = template_items(type_case, picks, dependencies);
  // A root type needs no input; any object there lets it be asked.
  if (!anchor) anchor = draft_.cases[type_case].open.front().second;
  dependencies.push_back(plan_.shapes[anchor].fetch);

  const FetchKind kind = jump.key ? FetchKind::entity : FetchKind::root;
  const FetchId fetch = add_fetch(kind, plan_.cases[type_case].position, type_case, state, std::move(dependencies));
  Shape linked;
  linked.kind = ShapeKind::linked;
  linked.fetch = fetch;
  linked.position = plan_.cases[type_case].position;
  linked.type_case = type_case;
  linked.parent = anchor;
  linked.link = plan_.shapes[anchor].link_count++;
  const ShapeId id = add_shape(std::move(linked), state);
  describe(plan_.fetches[fetch], id, jump, required, std::move(representation), plan_.cases[type_case].type_name);
  draft_.cases[type_case].open.emplace_back(state, id);
  return id;
}

void Emitter::describe(Fetch& fetch, ShapeId shape, const Jump& jump, FieldSetId required,
                       std::vector<TemplateItemId> representation, const std::string& type_name) {
  fetch.shape = shape;
  if (!jump.key) return;
  fetch.representation = std::move(representation);
  fetch.representation_prefix = "{\"__typename\":\"" + type_name + '"';
  fetch.key_text = model_.sets.sets[jump.key].text;
  if (required) fetch.required_text = model_.sets.sets[required].text;
}

void emit_fetches(Draft& draft) {
  Emitter(draft).run();
}

}  // namespace signet::federation
