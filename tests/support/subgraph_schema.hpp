// The schema of one subgraph as the join directives of a supergraph tell it, to validate what is sent there. It knows
// nothing of the planner's query graph.
#pragma once

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <string>

#include "router/federation/join_facts.hpp"
#include "router/graphql/parser.hpp"
#include "router/graphql/printer.hpp"
#include "router/operation/prepare.hpp"
#include "router/schema/schema_builder.hpp"

namespace signet::testing {

class SubgraphSchemas {
 public:
  explicit SubgraphSchemas(std::string_view supergraph_sdl)
      : document_(*graphql::parse_type_system(supergraph_sdl)),
        specs_(federation::LinkSpecs::read(document_, errors_)) {
    schema::BuildOptions options;
    options.is_machinery = [this](std::string_view name) { return specs_.is_machinery(name); };
    schema_ = *schema::build_schema(document_, options);
    facts_ = federation::read_join_facts(document_, schema_, specs_, errors_);
    for (const federation::JoinField& line : facts_.fields) {
      if (line.provides_set.empty()) continue;
      const auto set = graphql::parse_field_set(line.provides_set);
      grant(set->document, set->first_selection, schema_.fields[line.field].type.type, line.subgraph);
    }
  }

  /// What GraphQL's validation says of `text` in the subgraph called `name`; empty when it is valid.
  std::string validate(std::string_view name, std::string_view text) const {
    federation::SubgraphId subgraph;
    for (size_t i = 0; i < facts_.subgraphs.size(); ++i) {
      if (facts_.subgraphs[federation::SubgraphId(i)].name == name) subgraph = federation::SubgraphId(i);
    }
    const auto sdl = graphql::parse_type_system(print(subgraph));
    if (!sdl) return fmt::format("the schema of {}: {}", name, sdl.error().message);
    const auto built = schema::build_schema(*sdl, {});
    if (!built) return fmt::format("the schema of {}: {}", name, built.error().front().message);
    const auto document = graphql::parse_executable(text);
    if (!document) return document.error().message;
    const auto errors = operation::validate(*document, *built);
    return errors.empty() ? std::string() : errors.front().message;
  }

  std::string print(federation::SubgraphId subgraph) const {
    std::string sdl;
    std::vector<std::string_view> entities;
    for (size_t t = 0; t < schema_.types.size(); ++t) {
      const schema::TypeId type(t);
      const schema::Type& known = schema_.types[type];
      if (schema_.type_name(type).starts_with("__") || specs_.is_machinery(schema_.type_name(type))) continue;
      if (!known.composite()) {
        sdl += print_input(type);
      } else if (facts_.joined(type, subgraph) || type == schema_.query_type) {
        sdl += print_composite(type, subgraph);
        const bool entity = std::ranges::any_of(facts_.types, [&](const federation::JoinTypeLine& line) {
          return line.type == type && line.subgraph == subgraph && !line.key.empty() && line.resolvable;
        });
        if (entity && known.kind == schema::TypeKind::object) entities.push_back(schema_.type_name(type));
      }
    }
    if (entities.empty()) return sdl;
    return fmt::format(
        "{}extend type Query {{ _entities(representations: [_Any!]!): [_Entity]! }}\nscalar _Any\nunion "
        "_Entity = {}\n",
        sdl, fmt::join(entities, " | "));
  }

 private:
  /// What a subgraph provides is in its schema, though join v0.1 has no line for it.
  void grant(const graphql::Document& set, graphql::SelectionId first, schema::TypeId parent,
             federation::SubgraphId subgraph) {
    for (auto [id, selection] : set.each(first)) {
      schema::TypeId below = parent;
      if (selection.kind == graphql::SelectionKind::field) {
        const schema::FieldId field = schema_.find_any_field(parent, selection.name);
        granted_.emplace(field, subgraph);
        below = schema_.fields[field].type.type;
      } else if (!selection.name.empty()) {
        below = schema_.find_any_type(selection.name);
      }
      if (selection.first_child) grant(set, selection.first_child, below, subgraph);
    }
  }

  std::string print_value(schema::InputValueId id) const {
    const schema::InputValue& value = schema_.input_values[id];
    std::string text = fmt::format("{}: {}", schema_.text(value.name), schema_.print(value.type));
    if (value.has_default) text += " = " + graphql::print_value(document_, value.default_value);
    return text;
  }

  std::string print_input(schema::TypeId id) const {
    const schema::Type& type = schema_.types[id];
    if (type.builtin != schema::BuiltinScalar::none) return {};
    std::vector<std::string> parts;
    for (schema::EnumValueId value : type.enum_values) {
      parts.emplace_back(schema_.text(schema_.enum_values[value].name));
    }
    for (schema::InputValueId field : type.input_fields) parts.push_back(print_value(field));
    const std::string_view keyword = type.kind == schema::TypeKind::scalar  ? "scalar"
                                     : type.kind == schema::TypeKind::enum_ ? "enum"
                                                                            : "input";
    if (parts.empty()) return fmt::format("{} {}\n", keyword, schema_.type_name(id));
    return fmt::format("{} {} {{ {} }}\n", keyword, schema_.type_name(id), fmt::join(parts, ", "));
  }

  std::string print_composite(schema::TypeId id, federation::SubgraphId subgraph) const {
    const schema::Type& type = schema_.types[id];
    if (type.kind == schema::TypeKind::union_) {
      std::vector<std::string_view> members;
      for (schema::TypeId member : facts_.possible(subgraph, id)) members.push_back(schema_.type_name(member));
      return fmt::format("union {} = {}\n", schema_.type_name(id), fmt::join(members, " | "));
    }
    std::vector<std::string_view> interfaces;
    for (schema::TypeId interface : type.interfaces) {
      const std::vector<schema::TypeId> members = facts_.possible(subgraph, interface);
      if (std::ranges::find(members, id) != members.end()) interfaces.push_back(schema_.type_name(interface));
    }
    std::vector<std::string> fields;
    for (schema::FieldId field : type.fields) {
      if (std::string text = print_field(field, subgraph); !text.empty()) fields.push_back(std::move(text));
    }
    if (fields.empty()) fields.emplace_back("_service: Boolean");
    return fmt::format("{} {}{}{} {{ {} }}\n", type.kind == schema::TypeKind::interface ? "interface" : "type",
                       schema_.type_name(id), interfaces.empty() ? "" : " implements ", fmt::join(interfaces, " & "),
                       fmt::join(fields, " "));
  }

  /// Empty when the subgraph does not have the field.
  std::string print_field(schema::FieldId id, federation::SubgraphId subgraph) const {
    const auto lines = std::ranges::equal_range(facts_.fields, id, {}, &federation::JoinField::field);
    const auto mine = std::ranges::find(lines, subgraph, &federation::JoinField::subgraph);
    const schema::Field& field = schema_.fields[id];
    const bool everywhere = lines.empty() && facts_.joined(field.parent, subgraph);
    if (!everywhere && mine == lines.end() && !granted_.contains({id, subgraph})) return {};
    const bool local = mine != lines.end() && !mine->local_type.empty();
    std::vector<std::string> arguments;
    for (schema::InputValueId argument : field.arguments) arguments.push_back(print_value(argument));
    return fmt::format("{}{}{}{}: {}", schema_.text(field.name), arguments.empty() ? "" : "(",
                       fmt::join(arguments, ", "), arguments.empty() ? "" : ")",
                       local ? std::string(mine->local_type) : schema_.print(field.type));
  }

  std::vector<federation::LoadError> errors_;
  graphql::Document document_;
  federation::LinkSpecs specs_;
  schema::Schema schema_;
  federation::JoinFacts facts_;
  std::set<std::pair<schema::FieldId, federation::SubgraphId>> granted_;
};

}  // namespace signet::testing
