// Templates: what a representation needs, made available, and the parts of the plan that read it. Key and requirement
// fields join the client's own positions where they are taken from the same place, and get hidden ones elsewhere.

#include <algorithm>
#include <fmt/format.h>

#include "router/base/sort_unique.hpp"
#include "router/federation/passes/emitter.hpp"

namespace signet::federation {

std::vector<TemplateItemId> Emitter::template_items(CaseId type_case, const std::vector<Pick>& picks,
                                                    std::vector<FetchId>& dependencies) {
  std::vector<TemplateItemId> result;
  std::vector<Pick> member;
  for (auto pick = picks.begin(); pick != picks.end() && !draft_.error; ++pick) {
    const SetItem& item = model_.sets.items[pick->item];
    const auto same_field = [&](const Pick& each) { return model_.sets.items[each.item].field == item.field; };
    if (std::any_of(picks.begin(), pick, same_field)) continue;
    member.clear();
    std::copy_if(pick, picks.end(), std::back_inserter(member), same_field);
    const auto same_arguments = [&](const Pick& each) {
      return model_.sets.items[each.item].arguments == item.arguments;
    };
    if (!std::ranges::all_of(member, same_arguments)) {
      draft_.fail(ErrorCode::UNSUPPORTED_OPERATION,
                  fmt::format("a key and a requirement need field \"{}\" with different arguments",
                              draft_.schema().field_name(item.field)));
      break;
    }
    result.push_back(template_item(type_case, member, dependencies));
  }
  return result;
}

TemplateItemId Emitter::template_item(CaseId type_case, const std::vector<Pick>& picks,
                                      std::vector<FetchId>& dependencies) {
  const SetItem& item = model_.sets.items[picks.front().item];
  TemplateItem result;
  result.key_json = json_key(draft_.schema().field_name(item.field));
  result.key = std::ranges::any_of(picks, &Pick::key);
  result.type = draft_.schema().fields[item.field].type;
  result.abstract = draft_.schema().types[result.type.type].abstract();
  const DraftArguments arguments{.text = item.arguments, .variables = {}};
  if (item.cases.empty()) {
    dependencies.push_back(plan_.shapes[picks.front().shape].fetch);
    result.shape = picks.front().shape;
    result.slot = leaf_slot(result.shape, type_case, item.field, arguments);
    return plan_.template_items.push_back(std::move(result));
  }
  result.child = child_position(type_case, item.field, arguments, result.type, states_of(picks));
  std::map<TypeId, std::vector<Pick>> below;  // by type of the object
  for (const Pick& pick : picks) {
    dependencies.push_back(plan_.shapes[pick.shape].fetch);
    const StateId head = model_.edges[model_.find_edge(pick.state, item.field)].head;
    const ShapeId landed = land(pick.shape, type_case, item.field, arguments, result.child, head);
    for (SetCaseId case_id : model_.sets.items[pick.item].cases)
      pick_below(pick, case_id, head, landed, result.child, below);
  }
  for (const auto& [type, sub_picks] : below) {
    const CaseId child_case = set_case(result.child, type);
    std::vector<TemplateItemId> items = template_items(child_case, sub_picks, dependencies);
    result.cases.push_back({.type_case = child_case, .items = std::move(items)});
  }
  return plan_.template_items.push_back(std::move(result));
}

void Emitter::pick_below(const Pick& pick, SetCaseId case_id, StateId head, ShapeId landed, PositionId child,
                         std::map<TypeId, std::vector<Pick>>& below) {
  const SetCase& each = model_.sets.cases[case_id];
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

std::vector<StateId> Emitter::states_of(const std::vector<Pick>& picks) {
  std::vector<StateId> states;
  states.reserve(picks.size());
  for (const Pick& pick : picks) states.push_back(pick.state);
  sort_unique(states);
  return states;
}

PositionId Emitter::child_position(CaseId type_case, FieldId field, const DraftArguments& arguments, TypeRef type,
                                   const std::vector<StateId>& sources) {
  const DraftCase& known = draft_.cases[type_case];
  for (size_t k = 0; known.chosen && k < known.items.size(); ++k) {
    const DraftItem& item = known.items[k];
    if (!item.child || item.field != field || item.arguments.text != arguments.text) continue;
    std::vector<StateId> owners;
    for (const Landing& landing : known.chosen->landings[k]) owners.push_back(landing.owner);
    sort_unique(owners);
    if (owners == sources) return item.child;
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

CaseId Emitter::set_case(PositionId position, TypeId type) {
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

}  // namespace signet::federation
