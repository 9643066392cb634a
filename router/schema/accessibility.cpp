// What clients can see: machinery and @inaccessible elements are hidden, with everything below them; what is left must
// be a schema by itself. Spec: https://specs.apollo.dev/inaccessible/v0.2
#include <unordered_map>

#include "router/schema/schema_draft.hpp"

namespace signet::schema {
namespace {

class Accessibility {
 public:
  explicit Accessibility(SchemaDraft& draft) : draft_(draft), document_(draft.document), schema_(draft.schema) {}

  void hide() {
    hide_machinery();
    if (!draft_.options.inaccessible_directive.empty()) hide_marked();
    for (Type& type : schema_.types) {
      if (!type.accessible) hide_below(type);
    }
    for (Field& field : schema_.fields) {
      if (field.accessible) continue;
      for (InputValueId argument : field.arguments) schema_.input_values[argument].accessible = false;
    }
    for (DirectiveDef& directive : schema_.directives) {
      // A directive that takes a hidden type is of no use to clients either.
      for (InputValueId argument : directive.arguments) {
        directive.accessible &= schema_.types[schema_.input_values[argument].type.type].accessible;
      }
      if (directive.accessible) continue;
      for (InputValueId argument : directive.arguments) schema_.input_values[argument].accessible = false;
    }
  }

  void check() {
    if (!schema_.types[schema_.query_type].accessible) {
      draft_.error("the query root type may not be inaccessible", draft_.offsets.types[schema_.query_type]);
      return;
    }
    for (size_t i = 0; i < schema_.types.size(); ++i) check_type(TypeId(i));
  }

 private:
  void hide_machinery() {
    const auto& is_machinery = draft_.options.is_machinery;
    if (!is_machinery) return;
    for (Type& type : schema_.types) {
      if (is_machinery(schema_.text(type.name))) type.accessible = false;
    }
    for (DirectiveDef& directive : schema_.directives) {
      if (is_machinery(schema_.text(directive.name))) directive.accessible = false;
    }
  }

  bool marked(graphql::DirectiveId first) const {
    for (auto [id, directive] : document_.each(first)) {
      if (directive.name == draft_.options.inaccessible_directive) return true;
    }
    return false;
  }

  // Walks the syntax tree and the schema by name; names were checked to be unique.
  void hide_marked() {
    for (const graphql::TypeDefinition& definition : document_.type_definitions) {
      const TypeId id = schema_.find_any_type(definition.name);
      if (marked(definition.first_directive)) schema_.types[id].accessible = false;
      for (auto [unused, node] : document_.each(definition.first_field)) {
        const FieldId field = schema_.find_any_field(id, node.name);
        if (marked(node.first_directive)) schema_.fields[field].accessible = false;
        hide_marked_values(schema_.fields[field].arguments, node.first_argument);
      }
      hide_marked_values(schema_.types[id].input_fields, definition.first_input_field);
      for (auto [unused, node] : document_.each(definition.first_enum_value)) {
        if (!marked(node.first_directive)) continue;
        for (EnumValueId value : schema_.types[id].enum_values) {
          if (schema_.text(schema_.enum_values[value].name) == node.name) schema_.enum_values[value].accessible = false;
        }
      }
    }
  }

  void hide_marked_values(IdRange<InputValueId> values, graphql::InputValueDefinitionId first) {
    for (auto [unused, node] : document_.each(first)) {
      if (!marked(node.first_directive)) continue;
      for (InputValueId value : values) {
        if (schema_.text(schema_.input_values[value].name) == node.name) schema_.input_values[value].accessible = false;
      }
    }
  }

  void hide_below(const Type& type) {
    for (FieldId field : type.fields) schema_.fields[field].accessible = false;
    for (InputValueId field : type.input_fields) schema_.input_values[field].accessible = false;
    for (EnumValueId value : type.enum_values) schema_.enum_values[value].accessible = false;
  }

  template <class Range, class Elements>
  static bool any_accessible(const Range& range, const Elements& elements) {
    for (auto id : range) {
      if (elements[id].accessible) return true;
    }
    return false;
  }

  void check_type(TypeId id) {
    const Type& type = schema_.types[id];
    if (!type.accessible) return;
    bool left = true;
    switch (type.kind) {
      case TypeKind::scalar:
        break;
      case TypeKind::object:
      case TypeKind::interface:
        left = any_accessible(type.fields, schema_.fields);
        break;
      case TypeKind::union_:
        left = any_accessible(type.possible_types, schema_.types);
        break;
      case TypeKind::enum_:
        left = any_accessible(type.enum_values, schema_.enum_values);
        break;
      case TypeKind::input_object:
        left = any_accessible(type.input_fields, schema_.input_values);
        break;
    }
    if (!left) {
      draft_.error(fmt::format("type \"{}\" is accessible, but nothing in it is", schema_.type_name(id)),
                   draft_.offsets.types[id]);
    }
    for (FieldId field : type.fields) {
      if (!schema_.fields[field].accessible) continue;
      check_reference(schema_.fields[field].type, draft_.coordinate(field), draft_.offsets.fields[field]);
      check_arguments(schema_.fields[field].arguments);
    }
    check_arguments(type.input_fields);
    check_promises(id);
  }

  void check_reference(TypeRef type, std::string_view from, uint32_t offset) {
    if (schema_.types[type.type].accessible) return;
    draft_.error(fmt::format("{} is accessible, but its type \"{}\" is not", from, schema_.type_name(type.type)),
                 offset);
  }

  void check_arguments(IdRange<InputValueId> values) {
    for (InputValueId id : values) {
      const InputValue& value = schema_.input_values[id];
      const std::string name = fmt::format("\"{}\"", schema_.text(value.name));
      if (value.accessible) {
        check_reference(value.type, name, draft_.offsets.input_values[id]);
      } else if (value.required()) {
        draft_.error(fmt::format("{} is required and so may not be inaccessible", name),
                     draft_.offsets.input_values[id]);
      }
    }
  }

  void check_promises(TypeId id) {
    for (TypeId interface : schema_.types[id].interfaces) {
      if (!schema_.types[interface].accessible) continue;
      for (FieldId promised : schema_.types[interface].fields) {
        const FieldId own = schema_.find_any_field(id, schema_.fields[promised].name);
        if (own && schema_.fields[promised].accessible && !schema_.fields[own].accessible) {
          draft_.error(fmt::format("{} is inaccessible, but {} promises it to clients", draft_.coordinate(own),
                                   draft_.coordinate(promised)),
                       draft_.offsets.fields[own]);
        }
      }
    }
  }

  SchemaDraft& draft_;
  const graphql::Document& document_;
  Schema& schema_;
};

}  // namespace

void decide_accessibility(SchemaDraft& draft) {
  Accessibility accessibility(draft);
  accessibility.hide();
  accessibility.check();
}

}  // namespace signet::schema
