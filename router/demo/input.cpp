#include "router/demo/input.hpp"

#include <fmt/format.h>

#include "router/base/result.hpp"
#include "router/graphql/printer.hpp"

namespace signet::demo {

using graphql::ValueKind;

namespace {

using Coerced = std::expected<Value, std::string>;

Value from_json(const json::Document& body, json::NodeId id) {
  switch (body.kind(id)) {
    case json::Kind::null:
      return {};
    case json::Kind::boolean:
      return body.boolean(id);
    case json::Kind::number:
      return Number{std::string(body.raw(id))};
    case json::Kind::string:
      return body.string(id);
    case json::Kind::array: {
      List items;
      for (const json::NodeId item : body.items(id)) items.push_back(from_json(body, item));
      return items;
    }
    case json::Kind::object:
      break;
  }
  auto object = std::make_shared<Object>();
  for (const auto& [key, value] : body.members(id)) {
    object->fields.emplace_back(body.string(key), from_json(body, value));
  }
  return std::shared_ptr<const Object>(std::move(object));
}

Value from_literal(const graphql::Document& document, graphql::ValueId id, const Variables& variables) {
  const graphql::Value& value = document[id];
  switch (value.kind) {
    case ValueKind::variable: {
      const auto found = variables.find(value.text);
      return found == variables.end() ? Value() : found->second;
    }
    case ValueKind::integer:
    case ValueKind::floating:
      return Number{std::string(value.text)};
    case ValueKind::boolean:
      return value.text == "true";
    case ValueKind::null:
      return {};
    case ValueKind::string:
    case ValueKind::enumeration:
      return std::string(value.text);
    case ValueKind::list: {
      List items;
      for (auto [at, item] : document.each(value.first_item)) items.push_back(from_literal(document, at, variables));
      return items;
    }
    case ValueKind::object:
      break;
  }
  auto object = std::make_shared<Object>();
  for (auto [at, field] : document.each(value.first_field)) {
    const graphql::Value& given = document[field.value];
    if (given.kind == ValueKind::variable && !variables.contains(given.text)) continue;  // as if it were left out
    object->fields.emplace_back(field.name, from_literal(document, field.value, variables));
  }
  return std::shared_ptr<const Object>(std::move(object));
}

bool is_integer(std::string_view number) {
  return number.find_first_of(".eE") == std::string_view::npos;
}

// Fits values to types of one document: the schema's for arguments, the request's for variables (whose named types are
// the schema's all the same).
class Fitter {
 public:
  Fitter(const SubgraphSchema& schema, const graphql::Document& types) : schema_(schema), types_(types) {}

  Coerced fit(graphql::TypeRefId id, const Value& value) const {
    const graphql::TypeRef& type = types_[id];
    if (type.kind == graphql::TypeRefKind::non_null) {
      if (value.is_null()) return misfit(id);
      return fit(type.inner, value);
    }
    if (value.is_null()) return Value();
    if (type.kind == graphql::TypeRefKind::named) return fit_named(type.name, value);
    List items;
    if (const List* list = value.list()) {
      for (const Value& item : *list) {
        SIGNET_TRY(Value fitted, fit(type.inner, item));
        items.push_back(std::move(fitted));
      }
    } else {
      SIGNET_TRY(Value fitted, fit(type.inner, value));
      items.push_back(std::move(fitted));
    }
    return items;
  }

 private:
  std::unexpected<std::string> misfit(graphql::TypeRefId id) const {
    return std::unexpected(fmt::format("a value of type {} is due", graphql::print_type(types_, id)));
  }
  static std::unexpected<std::string> misfit(std::string_view type) {
    return std::unexpected(fmt::format("a value of type {} is due", type));
  }

  Coerced fit_named(std::string_view name, const Value& value) const {
    const Number* number = value.number();
    if (name == "Int") return number != nullptr && is_integer(number->text) ? Coerced(value) : misfit(name);
    if (name == "Float") return number != nullptr ? Coerced(value) : misfit(name);
    if (name == "Boolean") return value.boolean() != nullptr ? Coerced(value) : misfit(name);
    if (name == "String") return value.text() != nullptr ? Coerced(value) : misfit(name);
    if (name == "ID") {
      if (number != nullptr && is_integer(number->text)) return Value(number->text);
      return value.text() != nullptr ? Coerced(value) : misfit(name);
    }
    const graphql::TypeDefinition* type = schema_.type(name);
    if (type == nullptr) return std::unexpected(fmt::format("there is no type {}", name));
    if (type->kind == graphql::TypeKind::input_object) return fit_input_object(*type, value);
    if (type->kind != graphql::TypeKind::enum_) return value;
    for (auto [at, allowed] : schema_.document().each(type->first_enum_value)) {
      if (value.text() != nullptr && *value.text() == allowed.name) return value;
    }
    return misfit(name);
  }

  Coerced fit_input_object(const graphql::TypeDefinition& type, const Value& value) const {
    const Object* given = value.object();
    if (given == nullptr) return misfit(type.name);
    const graphql::Document& definitions = schema_.document();
    auto result = std::make_shared<Object>();
    for (auto [at, field] : definitions.each(type.first_input_field)) {
      const Value* found = given->find(field.name);
      if (found == nullptr && field.default_value.valid()) {
        result->fields.emplace_back(field.name, from_literal(definitions, field.default_value, {}));
        continue;
      }
      if (found == nullptr && definitions[field.type].kind != graphql::TypeRefKind::non_null) continue;
      auto fitted = Fitter(schema_, definitions).fit(field.type, found == nullptr ? Value() : *found);
      if (!fitted) return std::unexpected(fmt::format("{}.{}: {}", type.name, field.name, fitted.error()));
      result->fields.emplace_back(field.name, std::move(*fitted));
    }
    for (const auto& [name, unused] : given->fields) {
      if (result->find(name) == nullptr) {
        return std::unexpected(fmt::format("{} has no field \"{}\"", type.name, name));
      }
    }
    return std::shared_ptr<const Object>(std::move(result));
  }

  const SubgraphSchema& schema_;
  const graphql::Document& types_;
};

}  // namespace

std::expected<Variables, std::string> coerce_variables(const SubgraphSchema& schema, const graphql::Document& document,
                                                       const graphql::Operation& operation, const json::Document& body,
                                                       json::NodeId given) {
  Variables variables;
  for (auto [at, variable] : document.each(operation.first_variable)) {
    const json::NodeId node = given.valid() ? body.find(given, variable.name) : json::NodeId();
    if (!node.valid() && variable.default_value.valid()) {
      variables.emplace(variable.name, from_literal(document, variable.default_value, {}));
      continue;
    }
    if (!node.valid() && document[variable.type].kind != graphql::TypeRefKind::non_null) continue;
    auto fitted = Fitter(schema, document).fit(variable.type, node.valid() ? from_json(body, node) : Value());
    if (!fitted) return std::unexpected(fmt::format("variable ${}: {}", variable.name, fitted.error()));
    variables.emplace(variable.name, std::move(*fitted));
  }
  return variables;
}

std::expected<Object, std::string> coerce_arguments(const SubgraphSchema& schema, const graphql::Document& document,
                                                    const graphql::FieldDefinition& field, graphql::ArgumentId given,
                                                    const Variables& variables) {
  Object result;
  const graphql::Document& definitions = schema.document();
  for (auto [at, definition] : definitions.each(field.first_argument)) {
    const graphql::Argument* argument = document.find_argument(given, definition.name);
    if (argument != nullptr && document[argument->value].kind == ValueKind::variable &&
        !variables.contains(document[argument->value].text)) {
      argument = nullptr;  // a variable that was not given: as if the argument were left out
    }
    if (argument == nullptr && definition.default_value.valid()) {
      result.fields.emplace_back(definition.name, from_literal(definitions, definition.default_value, {}));
      continue;
    }
    if (argument == nullptr && definitions[definition.type].kind != graphql::TypeRefKind::non_null) continue;
    auto fitted =
        Fitter(schema, definitions)
            .fit(definition.type, argument == nullptr ? Value() : from_literal(document, argument->value, variables));
    if (!fitted) return std::unexpected(fmt::format("argument \"{}\": {}", definition.name, fitted.error()));
    result.fields.emplace_back(definition.name, std::move(*fitted));
  }
  return result;
}

std::expected<bool, std::string> coerce_condition(const graphql::Document& document, graphql::ArgumentId given,
                                                  const Variables& variables) {
  const graphql::Argument* argument = document.find_argument(given, "if");
  const Value value = argument == nullptr ? Value() : from_literal(document, argument->value, variables);
  if (value.boolean() == nullptr) return std::unexpected("argument \"if\": a value of type Boolean! is due");
  return *value.boolean();
}

}  // namespace signet::demo
