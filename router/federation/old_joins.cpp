#include "router/federation/old_joins.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "router/graphql/parser.hpp"
#include "router/graphql/printer.hpp"

namespace signet::federation {

using graphql::SelectionKind;
using schema::Schema;

namespace {

class OwnershipCompleter {
 public:
  OwnershipCompleter(const graphql::Document& document, const Schema& schema, const Ownership& ownership,
                     JoinFacts& facts, std::vector<LoadError>& errors)
      : document_(document), schema_(schema), ownership_(ownership), facts_(facts), errors_(errors) {}

  void run() {
    for (const JoinTypeLine& line : facts_.types) joined_.emplace(line.type, line.subgraph);
    for (const JoinField& line : facts_.fields) bound_.emplace(line.field, line.subgraph);
    check_owners();
    check_roots();
    bind_fields();
    bind_keys();
    if (!errors_.empty()) return;
    std::ranges::sort(facts_.fields, {}, [](const JoinField& line) { return std::pair(line.field, line.subgraph); });
    spread_value_types();
    write_presence();
  }

 private:
  using Presence = std::pair<TypeId, SubgraphId>;

  SubgraphId owner(TypeId type) const { return ownership_.owners[type.value()]; }
  bool root(TypeId type) const { return type == schema_.query_type || type == schema_.mutation_type; }
  bool joined(TypeId type, SubgraphId subgraph) const { return joined_.contains({type, subgraph}); }
  bool bound(FieldId field, SubgraphId subgraph) const { return bound_.contains({field, subgraph}); }
  bool bound(FieldId field) const {
    const auto first = bound_.lower_bound({field, SubgraphId(0)});
    return first != bound_.end() && first->first == field;
  }
  void bind(JoinField line) {
    bound_.emplace(line.field, line.subgraph);
    facts_.fields.push_back(std::move(line));
  }

  void refuse(std::string message, uint32_t offset) {
    errors_.push_back({std::move(message), offset == 0 ? graphql::Position() : document_.position(offset)});
  }

  void check_owners() {
    for (size_t t = 0; t < ownership_.owners.size(); ++t) {
      const TypeId type(t);
      if (!owner(type) || schema_.types[type].abstract() || joined(type, owner(type))) continue;
      refuse(fmt::format("\"{}\" is owned by subgraph \"{}\", but not joined to it", schema_.type_name(type),
                         facts_.subgraphs[owner(type)].name),
             0);
    }
  }

  void check_roots() {
    for (TypeId type : {schema_.query_type, schema_.mutation_type}) {
      if (!type) continue;
      for (FieldId field : schema_.types[type].fields) {
        if (bound(field)) continue;
        refuse(fmt::format("root field \"{}.{}\" has no @join__field(graph:)", schema_.type_name(type),
                           schema_.field_name(field)),
               0);
      }
    }
  }

  /// Fields of owned types without a graph are the owner's.
  void bind_fields() {
    for (JoinField line : ownership_.unbound) {
      line.subgraph = owner(schema_.fields[line.field].parent);
      if (line.subgraph) bind(std::move(line));
    }
    for (size_t t = 0; t < ownership_.owners.size(); ++t) {
      const TypeId type(t);
      if (!owner(type) || schema_.types[type].kind != schema::TypeKind::object) continue;
      for (FieldId field : schema_.types[type].fields) {
        if (!bound(field)) bind(line_of(field, owner(type)));
      }
    }
  }

  static JoinField line_of(FieldId field, SubgraphId subgraph) {
    JoinField line;
    line.field = field;
    line.subgraph = subgraph;
    return line;
  }

  /// A subgraph that extends a type can resolve its key, and below composite key fields what the key names.
  void bind_keys() {
    for (const JoinTypeLine& line : facts_.types) {
      if (line.key.empty() || line.subgraph == owner(line.type)) continue;
      const auto parsed = graphql::parse_field_set(line.key);
      if (!parsed) continue;  // refused where keys are read
      for (auto [id, selection] : parsed->document.each(parsed->first_selection)) {
        if (selection.kind != SelectionKind::field) continue;
        const FieldId field = schema_.find_any_field(line.type, selection.name);
        if (!field || bound(field, line.subgraph)) continue;
        JoinField key_field = line_of(field, line.subgraph);
        key_field.offset = line.offset;
        if (selection.first_child) {
          key_field.provides_set = graphql::print_selections(parsed->document, selection.first_child);
        }
        bind(std::move(key_field));
      }
    }
  }

  // --- value types

  void spread_value_types() {
    for (const JoinTypeLine& line : facts_.types) add(line.type, line.subgraph);
    for (const JoinField& line : facts_.fields) {
      if (root(schema_.fields[line.field].parent)) add(schema_.fields[line.field].parent, line.subgraph);
    }
    for (size_t next = 0; next < work_.size(); ++next) {
      const auto [type, subgraph] = work_[next];  // a copy: visiting appends
      if (schema_.types[type].abstract()) {
        for (TypeId object : schema_.types[type].possible_types) add(object, subgraph);
      } else {
        visit_fields(type, subgraph);
      }
    }
  }

  /// An owned object type is only where it is joined; all others are wherever something leads to them.
  void add(TypeId type, SubgraphId subgraph) {
    const schema::Type& known = schema_.types[type];
    if (!known.composite() || (!known.abstract() && owner(type) && !joined(type, subgraph))) return;
    if (present_.emplace(type, subgraph).second) work_.emplace_back(type, subgraph);
  }

  void visit_fields(TypeId type, SubgraphId subgraph) {
    for (FieldId field : schema_.types[type].fields) {
      const auto lines = std::ranges::equal_range(facts_.fields, field, {}, &JoinField::field);
      if (lines.empty()) add(schema_.fields[field].type.type, subgraph);
      for (const JoinField& line : lines) {
        if (line.subgraph != subgraph) continue;
        add(schema_.fields[field].type.type, subgraph);
        visit_set(type, subgraph, line.requires_set);
        visit_set(schema_.fields[field].type.type, subgraph, line.provides_set);
      }
    }
  }

  /// What a subgraph names in a field set is in its schema.
  void visit_set(TypeId parent, SubgraphId subgraph, std::string_view text) {
    if (text.empty()) return;
    const auto parsed = graphql::parse_field_set(text);
    if (parsed) visit_selections(parsed->document, parsed->first_selection, parent, subgraph);
  }

  void visit_selections(const graphql::Document& set, graphql::SelectionId first, TypeId parent, SubgraphId subgraph) {
    for (auto [id, selection] : set.each(first)) {
      TypeId below = parent;
      if (selection.kind == SelectionKind::field) {
        const FieldId field = schema_.find_any_field(parent, selection.name);
        if (!field) continue;
        below = schema_.fields[field].type.type;
      } else if (!selection.name.empty()) {
        below = schema_.find_any_type(selection.name);
        if (!below) continue;
      }
      add(below, subgraph);
      if (selection.first_child) visit_selections(set, selection.first_child, below, subgraph);
    }
  }

  void write_presence() {
    for (const auto& [type, subgraph] : present_) {
      facts_.subgraphs_of[type.value()].push_back(subgraph);
      if (!schema_.types[type].abstract()) continue;
      for (TypeId object : schema_.types[type].possible_types) {
        if (present_.contains({object, subgraph})) facts_.members[{type, subgraph}].push_back(object);
      }
    }
    for (const JoinField& line : ownership_.unbound) {
      const TypeId parent = schema_.fields[line.field].parent;
      if (owner(parent)) continue;
      for (SubgraphId subgraph : facts_.subgraphs_of[parent.value()]) {
        facts_.fields.push_back(line);
        facts_.fields.back().subgraph = subgraph;
      }
    }
  }

  const graphql::Document& document_;
  const Schema& schema_;
  const Ownership& ownership_;
  JoinFacts& facts_;
  std::vector<LoadError>& errors_;
  std::set<Presence> joined_, present_;
  std::set<std::pair<FieldId, SubgraphId>> bound_;
  std::vector<Presence> work_;
};

}  // namespace

void complete_ownership(const graphql::Document& document, const Schema& schema, const Ownership& ownership,
                        JoinFacts& facts, std::vector<LoadError>& errors) {
  OwnershipCompleter(document, schema, ownership, facts, errors).run();
}

void complete_union_members(const Schema& schema, JoinFacts& facts) {
  for (size_t t = 0; t < schema.types.size(); ++t) {
    const TypeId type(t);
    if (schema.types[type].kind != schema::TypeKind::union_) continue;
    for (SubgraphId subgraph : facts.subgraphs_of[t]) {
      std::vector<TypeId>& members = facts.members[{type, subgraph}];
      for (TypeId object : schema.types[type].possible_types) {
        if (facts.joined(object, subgraph)) members.push_back(object);
      }
    }
  }
}

}  // namespace signet::federation
