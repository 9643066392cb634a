// Positions: the tree of the answer with one case for each object type, and for each position every state in which its
// objects could arrive. Spec of the algorithm: federation-engine.md §3.6, steps 1 and 2.

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "router/federation/passes/draft.hpp"
#include "router/federation/plan_print.hpp"

namespace signet::federation {

using operation::FieldKind;
using operation::FieldNode;
using operation::SelectionSet;
using operation::SelectionSetId;

namespace {

class PositionBuilder {
 public:
  PositionBuilder(Draft& draft, const graphql::Document& document) : draft_(draft), document_(document) {}

  void run() {
    const SelectionSet& set = draft_.operation.selection_sets[draft_.operation.root];
    draft_.reserve(draft_.operation.selection_sets.size());
    const PositionId root = draft_.add_position({}, {}, TypeRef{.type = set.static_type});
    fill(root, draft_.operation.root);
    if (draft_.error) return;
    const bool query = draft_.operation.type == operation::OperationType::query;
    const CaseId type_case = draft_.plan.positions[root].cases.front();
    for (StateId state : query ? draft_.model().query_roots : draft_.model().mutation_roots) {
      const bool useful = std::ranges::any_of(draft_.cases[type_case].items, [&](const DraftItem& item) {
        return draft_.model().find_edge(state, item.field).valid();
      });
      if (useful) draft_.positions[root].landings.push_back(state);
    }
    land_root(root, type_case);
  }

 private:
  void fill(PositionId position, SelectionSetId set_id) {
    if (draft_.positions[position].depth > kPlanDepthMax) {
      draft_.fail(ErrorCode::MAX_DEPTH_LIMIT, fmt::format("the operation nests deeper than {} levels", kPlanDepthMax));
    }
    if (draft_.positions.size() > kPlanPositionsMax) {
      draft_.fail(ErrorCode::UNSUPPORTED_OPERATION,
                  fmt::format("the operation expands to more than {} positions over the types of its interfaces",
                              kPlanPositionsMax));
    }
    if (draft_.plan.cases.size() > kPlanCasesMax) {
      draft_.fail(
          ErrorCode::UNSUPPORTED_OPERATION,
          fmt::format("the operation expands to more than {} objects over the types of its interfaces", kPlanCasesMax));
    }
    if (draft_.error) return;
    const SelectionSet& set = draft_.operation.selection_sets[set_id];
    for (const operation::TypeClass& type_class : set.classes) {
      for (TypeId type : type_class.types) {
        if (draft_.error) return;
        const CaseId type_case = draft_.case_of(position, type);
        draft_.cases[type_case].items.reserve(type_class.fields.size());
        draft_.plan.cases[type_case].output.reserve(type_class.fields.size());
        for (operation::FieldNodeId id : type_class.fields) add_field(type_case, draft_.operation.fields[id]);
      }
    }
    for (TypeId type : draft_.schema().types[set.static_type].possible_types) draft_.case_of(position, type);
    if (!draft_.error) note_form(position);
  }

  /// Positions whose objects have the same fields, all the way down, are of one form. Arguments and response keys make
  /// no difference to what subgraphs can do for them.
  void note_form(PositionId position) {
    form_.clear();
    for (CaseId type_case : draft_.plan.positions[position].cases) {
      const std::vector<DraftItem>& items = draft_.cases[type_case].items;
      form_.push_back(draft_.plan.cases[type_case].type.value());
      form_.push_back(static_cast<uint32_t>(items.size()));
      for (const DraftItem& item : items) {
        form_.push_back(item.field.value());
        if (item.child) form_.push_back(form_of_[item.child.value()]);
      }
    }
    form_of_.resize(draft_.positions.size());
    form_of_[position.value()] = forms_.try_emplace(form_, static_cast<uint32_t>(forms_.size())).first->second;
  }

  void add_field(CaseId type_case, const FieldNode& node) {
    OutputField output;
    output.key = node.response_key;
    output.key_json = json_key(node.response_key);
    if (node.kind != FieldKind::schema_field) {
      output.kind = OutputField::Kind::type_name;
      if (node.kind == FieldKind::introspection) {
        output.kind = OutputField::Kind::introspection;
        output.meta = add_meta_field(node, draft_.plan.cases[type_case].type);
      }
      draft_.plan.cases[type_case].output.push_back(std::move(output));
      return;
    }
    const TypeId type = draft_.plan.cases[type_case].type;
    const schema::Field& declared = draft_.schema().fields[node.field];
    output.field = declared.parent == type ? node.field : draft_.schema().find_any_field(type, declared.name);
    output.type = draft_.schema().fields[output.field].type;
    DraftItem item;
    item.field = output.field;
    item.response_key = node.response_key;
    if (node.arguments) {
      item.arguments.text = draft_.operation.arguments[node.arguments].text;
      item.arguments.variables = draft_.operation.arguments[node.arguments].variables;
    }
    if (node.children) {
      item.child = draft_.add_position(type_case, output.field, output.type);
      draft_.plan.positions[item.child].response_key = node.response_key;
      draft_.positions[item.child].arguments = item.arguments;
      output.child = item.child;
      fill(item.child, node.children);
    }
    item.output = draft_.plan.cases[type_case].output.size();
    draft_.plan.cases[type_case].output.push_back(std::move(output));
    draft_.cases[type_case].items.push_back(std::move(item));
  }

  /// The introspection types are objects without interfaces: one class below each field.
  MetaFieldId add_meta_field(const FieldNode& node, TypeId parent) {
    MetaField meta;
    meta.key_json = json_key(node.response_key);
    meta.type_name = draft_.schema().type_name(parent);
    if (node.kind != FieldKind::type_name) meta.field = node.field;
    for (auto [id, argument] : document_.each(document_[node.source].first_argument)) {
      const graphql::Value& value = document_[argument.value];
      if (value.kind != graphql::ValueKind::variable) {
        meta.literal = value.text;
        continue;
      }
      for (size_t i = 0; i < draft_.operation.variables.size(); ++i) {
        if (draft_.operation.variables[operation::VariableId(i)].name == value.text) {
          meta.variable = operation::VariableId(i);
        }
      }
    }
    if (node.children) {
      const SelectionSet& set = draft_.operation.selection_sets[node.children];
      for (const operation::TypeClass& type_class : set.classes) {
        for (operation::FieldNodeId id : type_class.fields) {
          meta.children.push_back(add_meta_field(draft_.operation.fields[id], set.static_type));
        }
      }
    }
    return draft_.plan.meta_fields.push_back(std::move(meta));
  }

  /// At the root nothing arrives: each root state costs a fetch of its own.
  void land_root(PositionId root, CaseId type_case) {
    if (draft_.positions[root].landings.size() > kLandingsMax) {
      draft_.fail(ErrorCode::UNSUPPORTED_OPERATION,
                  fmt::format("the operation's root fields belong to more than {} subgraphs", kLandingsMax));
      return;
    }
    land_items(type_case, draft_.positions[root].landings);
  }

  /// Every state that a choice could make objects of the children of `position` arrive in.
  void land(PositionId position) {
    if (draft_.error) return;
    const auto [first, added] =
        landed_.try_emplace({form_of_[position.value()], draft_.positions[position].landings}, position);
    if (added) {
      land_children(position);
    } else {
      imitate(position, first->second);
    }
  }

  /// The same everywhere below `position` as below `first`, which is of the same form.
  void imitate(PositionId position, PositionId first) {
    draft_.positions[position].like = first;
    const std::vector<CaseId>& cases = draft_.plan.positions[position].cases;
    for (size_t i = 0; i < cases.size(); ++i) {
      const CaseId like = draft_.plan.positions[first].cases[i];
      draft_.cases[cases[i]].like = like;
      for (size_t k = 0; k < draft_.cases[like].items.size(); ++k) {
        const PositionId child = draft_.cases[cases[i]].items[k].child;
        if (!child) continue;
        const DraftPosition& other = draft_.positions[draft_.cases[like].items[k].child];
        draft_.positions[child].landings = other.landings;
        imitate(child, other.like);
      }
    }
  }

  void land_children(PositionId position) {
    const std::vector<StateId>& landings = draft_.positions[position].landings;
    if (landings.size() > kLandingsMax) {
      draft_.fail(ErrorCode::UNSUPPORTED_OPERATION,
                  fmt::format("objects at {} can arrive in more than {} ways", draft_.path(position), kLandingsMax));
      return;
    }
    for (CaseId type_case : draft_.plan.positions[position].cases) {
      std::vector<StateId> open;
      for (StateId landing : landings) {
        const StateId cast = draft_.model().cast(landing, draft_.plan.cases[type_case].type);
        if (cast && std::ranges::find(open, cast) == open.end()) open.push_back(cast);
      }
      if (open.empty()) continue;  // no subgraph that is asked here knows the type, so no object has it
      if (!agree(position, type_case, landings)) return;
      std::vector<StateId> all = open;
      for (const Derivation& derivation : draft_.reach_from(open)) all.push_back(derivation.state);
      land_items(type_case, all);
    }
  }

  /// Objects of a type that one subgraph may return here and another one, asked for the same field, cannot: the answer
  /// would depend on which is asked.
  bool agree(PositionId position, CaseId type_case, const std::vector<StateId>& landings) {
    const PositionCase& each = draft_.plan.cases[type_case];
    if (!each.accessible) return true;  // whoever is asked, such an object is null for clients
    for (StateId landing : landings) {
      if (draft_.model().cast(landing, each.type)) continue;
      draft_.fail(ErrorCode::UNSUPPORTED_OPERATION,
                  fmt::format("\"{}\" at {} can be \"{}\" in some subgraphs only: abstract types whose members differ "
                              "between subgraphs are not planned",
                              draft_.schema().type_name(draft_.plan.positions[position].type.type),
                              draft_.path(position), each.type_name));
      return false;
    }
    return true;
  }

  void land_items(CaseId type_case, const std::vector<StateId>& all) {
    for (const DraftItem& item : draft_.cases[type_case].items) {
      bool reachable = false;
      std::vector<StateId> heads;
      if (item.child) heads.reserve(all.size());
      for (StateId state : all) {
        const EdgeId edge = draft_.model().find_edge(state, item.field);
        if (!edge) continue;
        reachable = true;
        const StateId head = draft_.model().edges[edge].head;
        if (head && std::ranges::find(heads, head) == heads.end()) heads.push_back(head);
      }
      if (!reachable) {
        draft_.fail(
            ErrorCode::PLAN_FAILED,
            fmt::format("field \"{}.{}\" cannot be reached at {}", draft_.plan.cases[type_case].type_name,
                        draft_.schema().field_name(item.field), draft_.path(draft_.plan.cases[type_case].position)));
        return;
      }
      if (!item.child) continue;
      draft_.positions[item.child].landings = std::move(heads);
      land(item.child);
    }
  }

  Draft& draft_;
  const graphql::Document& document_;
  std::vector<uint32_t> form_;  ///< the one that is noted
  std::map<std::vector<uint32_t>, uint32_t> forms_;
  std::vector<uint32_t> form_of_;                                           ///< by position
  std::map<std::pair<uint32_t, std::vector<StateId>>, PositionId> landed_;  ///< by form and landings: the first one
};

}  // namespace

const CaseOffers& Draft::offers(CaseId type_case) {
  std::optional<CaseOffers>& known = cases[type_case].offers;
  if (!known) known.emplace(*this, type_case);
  return *known;
}

bool Draft::arrives(CaseId type_case, LandingMask mask) const {
  const std::vector<StateId>& landings = positions[plan.cases[type_case].position].landings;
  for (size_t i = 0; i < landings.size(); ++i) {
    if ((mask >> i & 1) != 0 && model().cast(landings[i], plan.cases[type_case].type)) return true;
  }
  return false;
}

std::vector<StateId> Draft::landed(CaseId type_case, LandingMask mask) const {
  const std::vector<StateId>& landings = positions[plan.cases[type_case].position].landings;
  std::vector<StateId> states;
  for (size_t i = 0; i < landings.size(); ++i) {
    if ((mask >> i & 1) == 0) continue;
    const StateId cast = model().cast(landings[i], plan.cases[type_case].type);
    if (cast && std::ranges::find(states, cast) == states.end()) states.push_back(cast);
  }
  return states;
}

const std::vector<Derivation>& Draft::reach_from(const std::vector<StateId>& open) {
  static const std::vector<Derivation> nothing;
  if (open.empty()) return nothing;
  if (open.size() == 1) return model().reach[open.front()];
  const auto known = derived.find(open);
  return known != derived.end() ? known->second : derived.emplace(open, derive(model(), open)).first->second;
}

void Draft::reserve(size_t count) {
  plan.positions.reserve(count);
  plan.cases.reserve(count);
  positions.reserve(count);
  cases.reserve(count);
}

PositionId Draft::add_position(CaseId parent, FieldId field, TypeRef type) {
  const PositionId id = plan.positions.push_back(
      {.parent = parent, .response_key = {}, .type = type, .field = field, .shapes = {}, .cases = {}});
  const uint32_t depth = parent ? positions[plan.cases[parent].position].depth + 1 : 0;
  positions.push_back({.landings = {},
                       .like = id,
                       .arguments = {},
                       .sources = {},
                       .depth = depth,
                       .arrivals = {},
                       .single_costs = {},
                       .bridges = {}});
  return id;
}

CaseId Draft::case_of(PositionId position, TypeId type) {
  std::vector<CaseId>& all = plan.positions[position].cases;
  const auto at = std::ranges::lower_bound(all, type, {}, [&](CaseId each) { return plan.cases[each].type; });
  if (at != all.end() && plan.cases[*at].type == type) return *at;
  const CaseId id = plan.cases.push_back({.position = position,
                                          .type = type,
                                          .type_name = std::string(schema().type_name(type)),
                                          .accessible = schema().types[type].accessible,
                                          .output = {}});
  cases.push_back(
      {.like = id, .items = {}, .offers = {}, .explored = {}, .decided = {}, .chosen = {}, .hidden = {}, .open = {}});
  all.insert(at, id);
  return id;
}

std::string Draft::path(PositionId position) const {
  const std::string text = position_path(supergraph, plan, position);
  return text.empty() ? "the root" : text;
}

void build_positions(Draft& draft, const graphql::Document& document) {
  PositionBuilder(draft, document).run();
}

}  // namespace signet::federation
