// Literals fit the types of their places. Spec: https://spec.graphql.org/September2025/#sec-Values-of-Correct-Type,
// #sec-Input-Object-Field-Names, #sec-Input-Object-Field-Uniqueness and #sec-All-Variable-Usages-Are-Allowed
#include <charconv>
#include <unordered_set>

#include "router/operation/validation.hpp"

namespace signet::operation {
namespace {

using graphql::Value;
using graphql::ValueId;
using graphql::ValueKind;
using schema::BuiltinScalar;
using schema::InputValueId;
using schema::Type;
using schema::TypeKind;
using schema::TypeRef;

bool is_int32(std::string_view text) {
  int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

class ValueCheck {
 public:
  ValueCheck(Validation& validation, DefinitionFacts& facts)
      : validation_(validation), document_(validation.document), schema_(validation.schema), facts_(facts) {}

  // Nesting in the call stack is that of the literal, which the parser has bounded.
  void value(ValueId id, const VariableUse& place) {
    const Value& node = document_[id];
    if (node.kind == ValueKind::variable) {
      VariableUse use = place;
      use.name = node.text;
      use.offset = node.offset;
      facts_.uses.push_back(use);
      return;
    }
    const TypeRef type = place.type;
    if (!type.type) return untyped(node);
    if (node.kind == ValueKind::null) {
      if (type.non_null() || place.one_of_field) error("null is not allowed here", node);
      return;
    }
    if (type.is_list()) {
      VariableUse item;
      item.type = type.item();
      if (node.kind != ValueKind::list) return value(id, item);
      for (auto [item_id, unused] : document_.each(node.first_item)) value(item_id, item);
      return;
    }
    const Type& named = schema_.types[type.type];
    switch (named.kind) {
      case TypeKind::input_object:
        input_object(node, named);
        break;
      case TypeKind::enum_:
        if (node.kind != ValueKind::enumeration || !schema_.find_enum_value(type.type, node.text)) {
          error("this is not a value of the enum expected here", node);
        }
        untyped(node);
        break;
      default:
        if (!scalar(node, named.builtin)) error("this literal does not fit the scalar type expected here", node);
        untyped(node);
        break;
    }
  }

 private:
  void error(std::string message, const Value& node) { validation_.errors.add(std::move(message), node.offset); }

  static bool scalar(const Value& node, BuiltinScalar builtin) {
    switch (builtin) {
      case BuiltinScalar::none:
        return true;
      case BuiltinScalar::int_:
        return node.kind == ValueKind::integer && is_int32(node.text);
      case BuiltinScalar::float_:
        return node.kind == ValueKind::integer || node.kind == ValueKind::floating;
      case BuiltinScalar::string:
        return node.kind == ValueKind::string;
      case BuiltinScalar::boolean:
        return node.kind == ValueKind::boolean;
      case BuiltinScalar::id:
        return node.kind == ValueKind::string || node.kind == ValueKind::integer;
    }
    return false;
  }

  // Inside of a custom scalar, or where the type is unknown: object fields must be unique, variables are recorded.
  void untyped(const Value& node) {
    for (auto [id, unused] : document_.each(node.first_item)) value(id, {});
    unique_fields(node);
    for (auto [unused, field] : document_.each(node.first_field)) value(field.value, {});
  }

  void unique_fields(const Value& node) {
    std::unordered_set<std::string_view, KeyedStringHash> seen;
    for (auto [unused, field] : document_.each(node.first_field)) {
      if (!seen.insert(field.name).second) {
        validation_.errors.add(fmt::format("there can be only one input field named {}", quoted(field.name)),
                               field.offset);
      }
    }
  }

  void input_object(const Value& node, const Type& type) {
    if (node.kind != ValueKind::object) {
      error("an input object is expected here", node);
      return untyped(node);
    }
    unique_fields(node);
    size_t given = 0;
    size_t required = 0;
    for (auto [unused, field] : document_.each(node.first_field)) {
      ++given;
      const InputValueId definition_id = find_input_field(type, field.name);
      if (!definition_id) {
        validation_.errors.add(fmt::format("unknown input field {}", quoted(field.name)), field.offset);
        value(field.value, {});
        continue;
      }
      const schema::InputValue& definition = schema_.input_values[definition_id];
      if (definition.required()) ++required;
      VariableUse place;
      place.type = definition.type;
      place.has_default = definition.has_default;
      place.one_of_field = type.one_of;
      value(field.value, place);
    }
    if (type.one_of && given != 1) error("exactly one field must be given here", node);
    for (InputValueId id : type.input_fields) {
      const schema::InputValue& definition = schema_.input_values[id];
      if (!definition.accessible || !definition.required()) continue;
      if (required == 0) {
        error("a required input field is missing here", node);
        return;
      }
      --required;
    }
  }

  InputValueId find_input_field(const Type& type, std::string_view name) const {
    for (InputValueId id : type.input_fields) {
      const schema::InputValue& field = schema_.input_values[id];
      if (field.accessible && schema_.text(field.name) == name) return id;
    }
    return {};
  }

  Validation& validation_;
  const graphql::Document& document_;
  const schema::Schema& schema_;
  DefinitionFacts& facts_;
};

}  // namespace

void check_value(Validation& validation, DefinitionFacts& facts, ValueId value, const VariableUse& place) {
  ValueCheck(validation, facts).value(value, place);
}

}  // namespace signet::operation
