#include "router/federation/model_builder.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>

namespace signet::federation {

using schema::Schema;
using schema::TypeRef;

namespace {

constexpr uint32_t kViewDepthMax = 32;

/// Reads "[Book!]!". Invalid type: the text names no type.
TypeRef parse_type_text(const Schema& schema, std::string_view text) {
  TypeRef type;
  size_t open = 0;
  while (open < text.size() && text[open] == '[') ++open;
  if (open > TypeRef::kListDepthMax) return {};
  const size_t name_end = text.find_first_of("!]", open);
  type.type = schema.find_any_type(text.substr(open, name_end == text.npos ? text.npos : name_end - open));
  for (size_t at = name_end; at < text.size(); ++at) {
    if (text[at] == '!') {
      type.non_null_bits = static_cast<uint16_t>(type.non_null_bits | 1u << type.list_depth);
    } else if (text[at] == ']') {
      ++type.list_depth;
    } else {
      return {};
    }
  }
  return type.list_depth == open ? type : TypeRef();
}

class ModelBuilder {
 public:
  ModelBuilder(const Schema& schema, const JoinFacts& facts, std::vector<LoadError>& errors)
      : schema_(schema), facts_(facts), errors_(errors) {}

  Model build() {
    model_.jumps_into.resize(schema_.types.size());
    model_.states_of_type.resize(schema_.types.size());
    add_plain_states();
    read_keys();
    for (size_t i = 0; i < plain_count_; ++i) add_edges(StateId(i));
    add_jumps();
    return std::move(model_);
  }

 private:
  /// A key that leads into a subgraph.
  struct Key {
    TypeId type;
    SubgraphId subgraph;
    FieldSetId set;
  };

  struct FieldFacts {
    bool resolvable = false;
    const JoinField* line = nullptr;
  };

  /// Fields of one type and subgraph that have the same requirement.
  struct Guarded {
    std::vector<EdgeId> edges;
    uint32_t offset = 0;
  };

  static StateKind kind_of(const Schema& schema, TypeId type) {
    if (type == schema.query_type || type == schema.mutation_type) return StateKind::root;
    switch (schema.types[type].kind) {
      case schema::TypeKind::interface:
        return StateKind::interface;
      case schema::TypeKind::union_:
        return StateKind::union_;
      default:
        return StateKind::object;
    }
  }

  void refuse(std::string message, uint32_t offset) {
    errors_.push_back({std::move(message), offset == 0 ? graphql::Position() : schema_.source().position(offset)});
  }

  void add_plain_states() {
    for (size_t t = 0; t < schema_.types.size(); ++t) {
      const TypeId type(t);
      if (!schema_.types[type].composite() || type == schema_.subscription_type) continue;
      for (SubgraphId subgraph : facts_.subgraphs_of[t]) {
        State plain_state;
        plain_state.type = type;
        plain_state.subgraph = subgraph;
        plain_state.kind = kind_of(schema_, type);
        const StateId state = add_state(std::move(plain_state));
        plain_.emplace(std::pair(type, subgraph), state);
        if (type == schema_.query_type) model_.query_roots.push_back(state);
        if (type == schema_.mutation_type) model_.mutation_roots.push_back(state);
      }
    }
    plain_count_ = model_.states.size();
    for (size_t i = 0; i < plain_count_; ++i) {
      State& state = model_.states[StateId(i)];
      if (state.kind == StateKind::object || state.kind == StateKind::root) {
        state.runtime = {state.type};
        state.casts = {StateId(i)};
        continue;
      }
      for (TypeId object : facts_.possible(state.subgraph, state.type)) {
        const StateId cast = plain(object, state.subgraph);
        if (!cast) continue;
        state.runtime.push_back(object);
        state.casts.push_back(cast);
      }
    }
  }

  StateId add_state(State state) {
    std::vector<StateId>& states = model_.states_of_type[state.type.value()];
    state.index = static_cast<uint32_t>(states.size());
    const StateId id = model_.states.push_back(std::move(state));
    states.push_back(id);
    return id;
  }

  StateId plain(TypeId type, SubgraphId subgraph) const {
    const auto found = plain_.find({type, subgraph});
    return found == plain_.end() ? StateId() : found->second;
  }

  void read_keys() {
    for (const JoinTypeLine& line : facts_.types) {
      // A key of an interface is repeated by each of its objects, and only objects are ever asked for.
      if (line.key.empty() || schema_.types[line.type].kind != schema::TypeKind::object) continue;
      auto set = add_field_set(model_.sets, schema_, line.type, line.key);
      if (!set) {
        refuse(fmt::format("key \"{}\" of \"{}\": {}", line.key, schema_.type_name(line.type), set.error()),
               line.offset);
        continue;
      }
      check_declared("key", std::string(schema_.type_name(line.type)), *set, line.subgraph, line.offset);
      if (line.resolvable) {
        keys_.push_back({.type = line.type, .subgraph = line.subgraph, .set = *set});
      }
    }
  }

  /// A subgraph can only be asked, and can only ask, for fields that are in its own schema.
  void check_declared(std::string_view what, const std::string& where, FieldSetId set, SubgraphId subgraph,
                      uint32_t offset) {
    if (!facts_.tells_externals) return;
    const FieldId missing = undeclared(model_.sets.sets[set].cases, subgraph);
    if (!missing) return;
    refuse(fmt::format("{} \"{}\" of \"{}\": subgraph \"{}\" has no field \"{}\"", what, model_.sets.sets[set].text,
                       where, facts_.subgraphs[subgraph].name, field_text(missing)),
           offset);
  }

  /// The first field that `subgraph` does not declare; types that it does not know may come from others.
  FieldId undeclared(const std::vector<SetCaseId>& cases, SubgraphId subgraph) const {
    for (SetCaseId case_id : cases) {
      const SetCase& each = model_.sets.cases[case_id];
      if (!facts_.joined(each.type, subgraph)) continue;
      for (SetItemId item : each.items) {
        const FieldId field = model_.sets.items[item].field;
        const auto lines = std::ranges::equal_range(facts_.fields, field, {}, &JoinField::field);
        const auto mine = std::ranges::find(lines, subgraph, &JoinField::subgraph);
        if (!lines.empty() && mine == lines.end()) return field;
        if (const FieldId below = undeclared(model_.sets.items[item].cases, subgraph)) return below;
      }
    }
    return {};
  }

  /// Whether `subgraph` resolves `field`, and the line that says so.
  FieldFacts field_facts(FieldId field, SubgraphId subgraph) const {
    const auto lines = std::ranges::equal_range(facts_.fields, field, {}, &JoinField::field);
    if (lines.empty()) return {.resolvable = true};
    for (const JoinField& line : lines) {
      if (line.subgraph == subgraph) return {.resolvable = !line.external && !line.used_overridden, .line = &line};
    }
    return {};
  }

  TypeRef local_type(FieldId field, const JoinField* line) {
    const TypeRef supergraph_type = schema_.fields[field].type;
    if (line == nullptr || line->local_type.empty()) return supergraph_type;
    const TypeRef local = parse_type_text(schema_, line->local_type);
    if (local.type && local.list_depth == supergraph_type.list_depth) return local;
    refuse(fmt::format("type \"{}\" of \"{}\" does not fit the supergraph's \"{}\"", line->local_type,
                       field_text(field), schema_.print(supergraph_type)),
           line->offset);
    return supergraph_type;
  }

  std::string field_text(FieldId field) const {
    return fmt::format("{}.{}", schema_.type_name(schema_.fields[field].parent), schema_.field_name(field));
  }

  Edge make_edge(FieldId field, SubgraphId subgraph, const JoinField* line) {
    Edge edge{.field = field, .head = {}, .local = local_type(field, line)};
    if (!schema_.types[edge.local.type].composite()) return edge;
    edge.head = plain(edge.local.type, subgraph);
    if (!edge.head) {
      refuse(fmt::format("\"{}\" leads to type \"{}\", which subgraph \"{}\" does not have", field_text(field),
                         schema_.type_name(edge.local.type), facts_.subgraphs[subgraph].name),
             line == nullptr ? 0 : line->offset);
    }
    return edge;
  }

  void add_edges(StateId id) {
    const State state = model_.states[id];
    if (state.kind != StateKind::object && state.kind != StateKind::root) return;
    std::vector<EdgeId> edges;
    std::map<std::string_view, Guarded> guarded;  // by requirement
    for (FieldId field : schema_.types[state.type].fields) {
      const FieldFacts facts = field_facts(field, state.subgraph);
      if (!facts.resolvable) continue;
      Edge edge = make_edge(field, state.subgraph, facts.line);
      if (schema_.types[edge.local.type].composite() && !edge.head) continue;
      if (facts.line != nullptr && !facts.line->provides_set.empty()) provide(edge, *facts.line);
      const EdgeId edge_id = model_.edges.push_back(edge);
      if (facts.line != nullptr && !facts.line->requires_set.empty()) {
        Guarded& group = guarded[facts.line->requires_set];
        group.edges.push_back(edge_id);
        group.offset = facts.line->offset;
      } else {
        edges.push_back(edge_id);
      }
    }
    model_.states[id].edges = std::move(edges);
    for (auto& [text, group] : guarded) add_requires_view(state, text, std::move(group));
  }

  /// The fields behind one requirement stand alone in their view: whatever fails to arrive for the requirement must not
  /// take fields along that did not ask for it.
  void add_requires_view(const State& base, std::string_view text, Guarded group) {
    auto set = add_field_set(model_.sets, schema_, base.type, text);
    if (!set) {
      const FieldId field = model_.edges[group.edges.front()].field;
      refuse(fmt::format("requires \"{}\" of \"{}\": {}", text, field_text(field), set.error()), group.offset);
      return;
    }
    check_declared("requires", field_text(model_.edges[group.edges.front()].field), *set, base.subgraph, group.offset);
    State view;
    view.type = base.type;
    view.subgraph = base.subgraph;
    view.kind = base.kind;
    view.required = *set;
    view.edges = std::move(group.edges);
    view.runtime = {base.type};
    const StateId id = add_state(std::move(view));
    model_.states[id].casts = {id};
    requires_views_.push_back(id);
  }

  void provide(Edge& edge, const JoinField& line) {
    if (!edge.head) {
      refuse(fmt::format("provides on leaf field \"{}\"", field_text(edge.field)), line.offset);
      return;
    }
    auto set = add_field_set(model_.sets, schema_, model_.states[edge.head].type, line.provides_set);
    if (!set) {
      refuse(fmt::format("provides \"{}\" of \"{}\": {}", line.provides_set, field_text(edge.field), set.error()),
             line.offset);
      return;
    }
    check_declared("provides", field_text(edge.field), *set, line.subgraph, line.offset);
    edge.head = view_state(edge.head, *set, model_.sets.sets[*set].cases, 0);
  }

  /// The view of `base` in which `cases` are granted. Edges of views wait until all plain edges exist.
  StateId view_state(StateId base, FieldSetId set, const std::vector<SetCaseId>& cases, uint32_t depth) {
    const auto key = std::pair(base, cases);
    if (const auto found = views_.find(key); found != views_.end()) return found->second;
    State view = model_.states[base];
    view.edges.clear();
    view.provided = set;
    const StateId id = add_state(std::move(view));
    views_.emplace(key, id);
    view_work_.push_back({.view = id, .base = base, .set = set, .cases = cases, .depth = depth});
    return id;
  }

  struct ViewWork {
    StateId view, base;
    FieldSetId set;
    std::vector<SetCaseId> cases;
    uint32_t depth;
  };

  void finish_views() {
    for (size_t next = 0; next < view_work_.size(); ++next) {
      const ViewWork work = view_work_[next];
      const State base = model_.states[work.base];
      if (base.kind == StateKind::object || base.kind == StateKind::root) {
        finish_object_view(work, base);
        model_.states[work.view].casts = {work.view};
        continue;
      }
      std::vector<StateId> casts;
      casts.reserve(base.runtime.size());
      for (size_t i = 0; i < base.runtime.size(); ++i) {
        casts.push_back(granted_to(work.cases, base.runtime[i])
                            ? view_state(base.casts[i], work.set, work.cases, work.depth)
                            : base.casts[i]);
      }
      model_.states[work.view].casts = std::move(casts);
    }
  }

  bool granted_to(const std::vector<SetCaseId>& cases, TypeId type) const {
    return std::ranges::any_of(cases, [&](SetCaseId id) {
      return model_.sets.cases[id].type == type && !model_.sets.cases[id].items.empty();
    });
  }

  void finish_object_view(const ViewWork& work, const State& base) {
    std::vector<EdgeId> edges = base.edges;
    for (SetCaseId case_id : work.cases) {
      if (model_.sets.cases[case_id].type != base.type) continue;
      for (SetItemId item_id : model_.sets.cases[case_id].items) {
        const SetItem item = model_.sets.items[item_id];
        const auto plain_edge = std::ranges::find(edges, item.field, [&](EdgeId id) { return model_.edges[id].field; });
        Edge edge = plain_edge != edges.end()
                        ? model_.edges[*plain_edge]
                        : make_edge(item.field, base.subgraph, field_facts(item.field, base.subgraph).line);
        if (!item.cases.empty() && edge.head && work.depth < kViewDepthMax) {
          edge.head = view_state(edge.head, work.set, item.cases, work.depth + 1);
        }
        const EdgeId id = model_.edges.push_back(edge);
        if (plain_edge != edges.end()) {
          *plain_edge = id;
        } else {
          edges.push_back(id);
        }
      }
    }
    std::ranges::sort(edges, {}, [&](EdgeId id) { return model_.edges[id].field; });
    model_.states[work.view].edges = std::move(edges);
  }

  void add_jumps() {
    finish_views();
    for (const Key& key : keys_) {
      add_jump(plain(key.type, key.subgraph), key.set);
      for (StateId view : requires_views_) {
        const State& state = model_.states[view];
        if (state.type == key.type && state.subgraph == key.subgraph) add_jump(view, key.set);
      }
    }
    for (StateId root : model_.query_roots) add_jump(root, {});
  }

  void add_jump(StateId head, FieldSetId key) {
    if (!head) return;
    const JumpId jump = model_.jumps.push_back({.head = head, .key = key});
    model_.jumps_into[model_.states[head].type.value()].push_back(jump);
  }

  const Schema& schema_;
  const JoinFacts& facts_;
  std::vector<LoadError>& errors_;
  Model model_;
  size_t plain_count_ = 0;
  std::map<std::pair<TypeId, SubgraphId>, StateId> plain_;
  std::map<std::pair<StateId, std::vector<SetCaseId>>, StateId> views_;
  std::vector<ViewWork> view_work_;
  std::vector<StateId> requires_views_;
  std::vector<Key> keys_;
};

}  // namespace

Model build_model(const Schema& schema, const JoinFacts& facts, std::vector<LoadError>& errors) {
  return ModelBuilder(schema, facts, errors).build();
}

}  // namespace signet::federation
