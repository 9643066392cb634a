#include "router/demo/subgraph_schema.hpp"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "router/graphql/parser.hpp"

namespace signet::demo {

using graphql::TypeDefinition;
using graphql::TypeKind;
using graphql::TypeRefKind;

namespace {

graphql::Document parse(std::string_view sdl, const std::vector<std::string_view>& entity_types) {
  std::string text(sdl);
  text += "\nscalar _Any\ntype _Service { sdl: String! }\nextend type Query { _service: _Service! }\n";
  if (!entity_types.empty()) {
    text +=
        fmt::format("union _Entity = {}\nextend type Query {{ _entities(representations: [_Any!]!): [_Entity]! }}\n",
                    fmt::join(entity_types, " | "));
  }
  auto document = graphql::parse_type_system(text);
  if (!document) {
    const auto& error = document.error();
    fmt::print(stderr, "signet: schema of a demo subgraph, line {}: {}\n", error.position.line, error.message);
    std::abort();
  }
  return std::move(*document);
}

bool is_builtin_scalar(std::string_view name) {
  return name == "Int" || name == "Float" || name == "String" || name == "Boolean" || name == "ID";
}

}  // namespace

SubgraphSchema::SubgraphSchema(std::string_view sdl, const std::vector<std::string_view>& entity_types)
    : document_(parse(sdl, entity_types)) {
  for (size_t i = 0; i < document_.type_definitions.size(); ++i) {
    const graphql::TypeDefinitionId id(i);
    const TypeDefinition& type = document_.type_definitions[id];
    if (!type.extension) types_.emplace(type.name, id);
    for (auto [field_id, field] : document_.each(type.first_field)) {
      fields_.emplace(fmt::format("{}.{}", type.name, field.name), field_id);
    }
    if (type.kind == TypeKind::object) possible_[type.name].insert(type.name);
    for (auto [at, interface] : document_.each(type.first_interface)) possible_[interface.name].insert(type.name);
    for (auto [at, member] : document_.each(type.first_member)) possible_[type.name].insert(member.name);
  }
}

const TypeDefinition* SubgraphSchema::type(std::string_view name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? nullptr : &document_.type_definitions[found->second];
}

const graphql::FieldDefinition* SubgraphSchema::field(std::string_view type, std::string_view name) const {
  const auto found = fields_.find(fmt::format("{}.{}", type, name));
  return found == fields_.end() ? nullptr : &document_[found->second];
}

bool SubgraphSchema::is_leaf(std::string_view name) const {
  const TypeDefinition* found = type(name);
  if (found == nullptr) return is_builtin_scalar(name);
  return found->kind == TypeKind::scalar || found->kind == TypeKind::enum_;
}

bool SubgraphSchema::applies(std::string_view condition, std::string_view type) const {
  const auto found = possible_.find(condition);
  return found != possible_.end() && found->second.contains(type);
}

bool SubgraphSchema::overlaps(std::string_view a, std::string_view b) const {
  const auto found = possible_.find(a);
  if (found == possible_.end()) return false;
  return std::ranges::any_of(found->second, [&](std::string_view type) { return applies(b, type); });
}

std::string_view SubgraphSchema::named(graphql::TypeRefId type) const {
  while (document_[type].kind != TypeRefKind::named) type = document_[type].inner;
  return document_[type].name;
}

std::string_view SubgraphSchema::root(graphql::OperationType operation) const {
  const std::string_view name = operation == graphql::OperationType::query      ? "Query"
                                : operation == graphql::OperationType::mutation ? "Mutation"
                                                                                : "Subscription";
  return type(name) == nullptr ? std::string_view() : name;
}

}  // namespace signet::demo
