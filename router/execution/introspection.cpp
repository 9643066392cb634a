#include "router/execution/introspection.hpp"

#include <algorithm>

#include "router/graphql/printer.hpp"
#include "router/json/document.hpp"
#include "router/json/writer.hpp"

namespace signet::execution {

using federation::MetaFieldId;
using schema::TypeKind;
using schema::TypeRef;

namespace {

constexpr uint32_t kDefaultDepthMax = 32;

void write_optional(std::string_view text, std::string& out) {
  if (text.empty()) {
    out += "null";
  } else {
    json::append_string(out, text);
  }
}

void write_bool(bool truth, std::string& out) {
  out += truth ? "true" : "false";
}

/// The brackets and commas of a JSON list whose items others append.
class ListWriter {
 public:
  explicit ListWriter(std::string& out) : out_(out) { out_ += '['; }
  void item() {
    if (any_) out_ += ',';
    any_ = true;
  }
  void end() { out_ += ']'; }

 private:
  std::string& out_;
  bool any_ = false;
};

bool asks_variables(const federation::Plan& plan, const federation::MetaField& field) {
  return field.variable || std::ranges::any_of(field.children, [&](MetaFieldId child) {
           return asks_variables(plan, plan.meta_fields[child]);
         });
}

}  // namespace

std::shared_ptr<const IntrospectionAnswers> IntrospectionAnswers::make(const federation::Plan& plan,
                                                                       const schema::Schema& schema, size_t bytes_max) {
  auto made = std::make_shared<IntrospectionAnswers>();
  const operation::CoercedVariables none;
  const Introspection introspection(plan, schema, none);
  for (const federation::PositionCase& type_case : plan.cases) {
    for (const federation::OutputField& field : type_case.output) {
      if (field.kind != federation::OutputField::Kind::introspection) continue;
      if (asks_variables(plan, plan.meta_fields[field.meta])) continue;
      introspection.write(field.meta, made->answers_.emplace_back(field.meta, std::string()).second);
      if (made->bytes() > bytes_max) return nullptr;
    }
  }
  return made->answers_.empty() ? nullptr : made;
}

const std::string* IntrospectionAnswers::find(MetaFieldId field) const {
  const auto found = std::ranges::find(answers_, field, [](const auto& answer) { return answer.first; });
  return found == answers_.end() ? nullptr : &found->second;
}

size_t IntrospectionAnswers::bytes() const {
  size_t bytes = 0;
  for (const auto& [field, answer] : answers_) bytes += answer.capacity();
  return bytes;
}

void Introspection::write(MetaFieldId id, std::string& out) const {
  if (const std::string* known = answers_ == nullptr ? nullptr : answers_->find(id)) {
    out += *known;
    return;
  }
  const MetaField& field = plan_.meta_fields[id];
  if (schema_.field_name(field.field) == "__schema") {
    write_object(field, SchemaObject(), out);
    return;
  }
  const std::optional<std::string> name = name_argument(field);
  const schema::TypeId type = name ? schema_.find_type(*name) : schema::TypeId();
  if (type) {
    write_object(field, TypeRef{.type = type}, out);
  } else {
    out += "null";
  }
}

std::optional<std::string> Introspection::name_argument(const MetaField& field) const {
  if (!field.variable) return field.literal;
  const operation::CoercedVariable& variable = variables_[field.variable];
  auto parsed = json::Document::parse(variable.json);
  if (!variable.present || !parsed || parsed->kind(parsed->root()) != json::Kind::string) return std::nullopt;
  return parsed->string(parsed->root());
}

bool Introspection::include_deprecated(const MetaField& field) const {
  if (!field.variable) return field.literal == "true";
  const operation::CoercedVariable& variable = variables_[field.variable];
  return variable.present && variable.json == "true";
}

void Introspection::write_object(const MetaField& field, Subject subject, std::string& out) const {
  out += '{';
  bool comma = false;
  for (MetaFieldId id : field.children) {
    const MetaField& child = plan_.meta_fields[id];
    if (comma) out += ',';
    comma = true;
    out += child.key_json;
    if (!child.field) {
      json::append_string(out, child.type_name);
    } else {
      write_value(child, subject, schema_.field_name(child.field), out);
    }
  }
  out += '}';
}

void Introspection::write_value(const MetaField& field, Subject subject, std::string_view name,
                                std::string& out) const {
  if (std::holds_alternative<SchemaObject>(subject)) {
    write_schema(field, name, out);
  } else if (const auto* type = std::get_if<TypeRef>(&subject)) {
    write_type(field, *type, name, out);
  } else if (const auto* of_field = std::get_if<schema::FieldId>(&subject)) {
    write_field(field, *of_field, name, out);
  } else if (const auto* input = std::get_if<schema::InputValueId>(&subject)) {
    write_input(field, *input, name, out);
  } else if (const auto* value = std::get_if<schema::EnumValueId>(&subject)) {
    write_enum(*value, name, out);
  } else {
    write_directive(field, std::get<schema::DirectiveDefId>(subject), name, out);
  }
}

void Introspection::write_schema(const MetaField& field, std::string_view name, std::string& out) const {
  if (name == "types") {
    ListWriter list(out);
    for (size_t i = 0; i < schema_.types.size(); ++i) {
      if (!schema_.types[schema::TypeId(i)].accessible) continue;
      list.item();
      write_object(field, TypeRef{.type = schema::TypeId(i)}, out);
    }
    list.end();
  } else if (name == "directives") {
    ListWriter list(out);
    for (size_t i = 0; i < schema_.directives.size(); ++i) {
      if (!schema_.directives[schema::DirectiveDefId(i)].accessible) continue;
      list.item();
      write_object(field, schema::DirectiveDefId(i), out);
    }
    list.end();
  } else if (name == "queryType") {
    write_root_type(field, schema_.query_type, out);
  } else if (name == "mutationType") {
    write_root_type(field, schema_.mutation_type, out);
  } else if (name == "subscriptionType") {
    write_root_type(field, schema_.subscription_type, out);
  } else {
    std::string_view description;
    for (const graphql::SchemaDefinition& definition : schema_.source().schema_definitions) {
      if (!definition.description.empty()) description = definition.description;
    }
    write_optional(description, out);
  }
}

void Introspection::write_root_type(const MetaField& field, schema::TypeId type, std::string& out) const {
  if (type && schema_.types[type].accessible) {
    write_object(field, TypeRef{.type = type}, out);
  } else {
    out += "null";
  }
}

void Introspection::write_type(const MetaField& field, TypeRef type, std::string_view name, std::string& out) const {
  const bool non_null = type.non_null();
  if (!non_null && !type.is_list()) {
    write_named_type(field, schema_.types[type.type], name, out);
  } else if (name == "kind") {
    out += non_null ? "\"NON_NULL\"" : "\"LIST\"";
  } else if (name == "ofType") {
    write_object(field, non_null ? type.nullable() : type.item(), out);
  } else {
    out += "null";
  }
}

void Introspection::write_named_type(const MetaField& field, const schema::Type& type, std::string_view name,
                                     std::string& out) const {
  const bool has_fields = type.kind == TypeKind::object || type.kind == TypeKind::interface;
  if (name == "kind") {
    json::append_string(out, graphql::to_text(type.kind));
  } else if (name == "name") {
    json::append_string(out, schema_.text(type.name));
  } else if (name == "description") {
    write_optional(type.description, out);
  } else if (name == "specifiedByURL") {
    write_optional(type.specified_by_url, out);
  } else if (name == "isOneOf" && type.kind == TypeKind::input_object) {
    write_bool(type.one_of, out);
  } else if (name == "fields" && has_fields) {
    const bool deprecated = include_deprecated(field);
    ListWriter list(out);
    for (schema::FieldId id : type.fields) {
      if (!schema_.fields[id].accessible || (schema_.fields[id].deprecated && !deprecated)) continue;
      list.item();
      write_object(field, id, out);
    }
    list.end();
  } else if (name == "interfaces" && has_fields) {
    write_types(field, type.interfaces, out);
  } else if (name == "possibleTypes" && type.abstract()) {
    write_types(field, type.possible_types, out);
  } else if (name == "enumValues" && type.kind == TypeKind::enum_) {
    const bool deprecated = include_deprecated(field);
    ListWriter list(out);
    for (schema::EnumValueId id : type.enum_values) {
      if (!schema_.enum_values[id].accessible || (schema_.enum_values[id].deprecated && !deprecated)) continue;
      list.item();
      write_object(field, id, out);
    }
    list.end();
  } else if (name == "inputFields" && type.kind == TypeKind::input_object) {
    write_inputs(field, type.input_fields, out);
  } else {
    out += "null";
  }
}

void Introspection::write_types(const MetaField& field, const std::vector<schema::TypeId>& types,
                                std::string& out) const {
  ListWriter list(out);
  for (schema::TypeId type : types) {
    if (!schema_.types[type].accessible) continue;
    list.item();
    write_object(field, TypeRef{.type = type}, out);
  }
  list.end();
}

void Introspection::write_inputs(const MetaField& field, IdRange<schema::InputValueId> inputs, std::string& out) const {
  const bool deprecated = include_deprecated(field);
  ListWriter list(out);
  for (schema::InputValueId id : inputs) {
    if (!schema_.input_values[id].accessible || (schema_.input_values[id].deprecated && !deprecated)) continue;
    list.item();
    write_object(field, id, out);
  }
  list.end();
}

void Introspection::write_field(const MetaField& field, schema::FieldId id, std::string_view name,
                                std::string& out) const {
  const schema::Field& subject = schema_.fields[id];
  if (name == "name") {
    json::append_string(out, schema_.text(subject.name));
  } else if (name == "description") {
    write_optional(subject.description, out);
  } else if (name == "args") {
    write_inputs(field, subject.arguments, out);
  } else if (name == "type") {
    write_object(field, subject.type, out);
  } else if (name == "isDeprecated") {
    write_bool(subject.deprecated, out);
  } else {
    write_optional(subject.deprecated ? subject.deprecation_reason : std::string_view(), out);
  }
}

void Introspection::write_input(const MetaField& field, schema::InputValueId id, std::string_view name,
                                std::string& out) const {
  const schema::InputValue& subject = schema_.input_values[id];
  if (name == "name") {
    json::append_string(out, schema_.text(subject.name));
  } else if (name == "description") {
    write_optional(subject.description, out);
  } else if (name == "type") {
    write_object(field, subject.type, out);
  } else if (name == "defaultValue") {
    if (subject.has_default) {
      json::append_string(out, print_default(subject.type, subject.default_value));
    } else {
      out += "null";
    }
  } else if (name == "isDeprecated") {
    write_bool(subject.deprecated, out);
  } else {
    write_optional(subject.deprecated ? subject.deprecation_reason : std::string_view(), out);
  }
}

std::string Introspection::print_default(TypeRef type, graphql::ValueId id, uint32_t depth) const {
  const graphql::Document& document = schema_.source();
  const graphql::Value& value = document[id];
  if (depth > kDefaultDepthMax) return graphql::print_value(document, id);  // defaults that contain themselves
  if (value.kind == graphql::ValueKind::null) return "null";
  if (type.is_list()) {
    if (value.kind != graphql::ValueKind::list) return "[" + print_default(type.item(), id, depth + 1) + "]";
    std::string text = "[";
    for (auto [item, unused] : document.each(value.first_item)) {
      if (text.size() > 1) text += ", ";
      text += print_default(type.item(), item, depth + 1);
    }
    return text + "]";
  }
  if (schema_.types[type.type].kind != TypeKind::input_object || value.kind != graphql::ValueKind::object) {
    return graphql::print_value(document, id);
  }
  std::string text = "{";
  for (schema::InputValueId field_id : schema_.types[type.type].input_fields) {
    const schema::InputValue& field = schema_.input_values[field_id];
    const graphql::Argument* given = document.find_argument(value.first_field, schema_.text(field.name));
    if (!field.accessible || (given == nullptr && !field.has_default)) continue;
    if (text.size() > 1) text += ", ";
    text += schema_.text(field.name);
    text += ": ";
    text += print_default(field.type, given == nullptr ? field.default_value : given->value, depth + 1);
  }
  return text + "}";
}

void Introspection::write_enum(schema::EnumValueId id, std::string_view name, std::string& out) const {
  const schema::EnumValue& subject = schema_.enum_values[id];
  if (name == "name") {
    json::append_string(out, schema_.text(subject.name));
  } else if (name == "description") {
    write_optional(subject.description, out);
  } else if (name == "isDeprecated") {
    write_bool(subject.deprecated, out);
  } else {
    write_optional(subject.deprecated ? subject.deprecation_reason : std::string_view(), out);
  }
}

void Introspection::write_directive(const MetaField& field, schema::DirectiveDefId id, std::string_view name,
                                    std::string& out) const {
  const schema::DirectiveDef& subject = schema_.directives[id];
  if (name == "name") {
    json::append_string(out, schema_.text(subject.name));
  } else if (name == "description") {
    write_optional(subject.description, out);
  } else if (name == "isRepeatable") {
    write_bool(subject.repeatable, out);
  } else if (name == "args") {
    write_inputs(field, subject.arguments, out);
  } else {
    ListWriter list(out);
    for (std::string_view location : subject.locations) {
      list.item();
      json::append_string(out, location);
    }
    list.end();
  }
}

}  // namespace signet::execution
