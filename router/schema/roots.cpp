// The root operation types, and the two fields that only the query root has.
// Spec: https://spec.graphql.org/September2025/#sec-Root-Operation-Types
#include "router/schema/schema_draft.hpp"

namespace signet::schema {

void find_roots(SchemaDraft& draft) {
  Schema& schema = draft.schema;
  std::array<std::string_view, 3> names = {"", "", ""};
  bool defined = false;
  for (const graphql::SchemaDefinition& node : draft.document.schema_definitions) {
    if (!node.extension && defined) draft.error("there can be only one schema definition", node.offset);
    if (!node.extension) schema.description = node.description;
    defined |= !node.extension;
    const std::array<std::string_view, 3> given = {node.query, node.mutation, node.subscription};
    for (size_t i = 0; i < given.size(); ++i) {
      if (given[i].empty()) continue;
      if (!names[i].empty()) draft.error("a root operation type can be given only once", node.offset);
      names[i] = given[i];
      if (!schema.find_any_type(given[i])) draft.error(fmt::format("unknown type \"{}\"", given[i]), node.offset);
    }
  }
  constexpr std::array<std::string_view, 3> kDefaults = {"Query", "Mutation", "Subscription"};
  const std::array<TypeId*, 3> roots = {&schema.query_type, &schema.mutation_type, &schema.subscription_type};
  for (size_t i = 0; i < roots.size(); ++i) {
    if (!defined && names[i].empty()) names[i] = kDefaults[i];
    *roots[i] = schema.find_any_type(names[i]);
    if (!*roots[i]) continue;
    const uint32_t offset = draft.offsets.types[*roots[i]];
    if (schema.types[*roots[i]].kind != TypeKind::object) {
      draft.error(fmt::format("root type \"{}\" must be an object type", names[i]), offset);
    }
    for (size_t j = 0; j < i; ++j) {
      if (*roots[j] == *roots[i]) {
        draft.error(fmt::format("root types must differ, \"{}\" is used twice", names[i]), offset);
      }
    }
  }
  if (!schema.query_type && !draft.failed()) draft.error("the schema has no query root type", 0);
}

// `__schema: __Schema!` and `__type(name: String!): __Type`
void add_meta_fields(SchemaDraft& draft) {
  Schema& schema = draft.schema;
  const auto add = [&](std::string_view name, TypeRef type) {
    Field field;
    field.name = schema.names.intern(name);
    field.parent = schema.query_type;
    field.type = type;
    draft.offsets.fields.push_back(draft.own_source_end);
    return schema.fields.push_back(field);
  };
  schema.schema_meta_field = add("__schema", {schema.find_any_type("__Schema"), 0, 1});
  schema.type_meta_field = add("__type", {schema.find_any_type("__Type"), 0, 0});
  InputValue argument;
  argument.name = schema.names.intern("name");
  argument.type = {schema.find_any_type("String"), 0, 1};
  draft.offsets.input_values.push_back(draft.own_source_end);
  schema.fields[schema.type_meta_field].arguments = {schema.input_values.push_back(argument), 1};
}

}  // namespace signet::schema
