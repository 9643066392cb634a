#include "router/schema/schema.hpp"

namespace signet::schema {
namespace {

uint64_t field_key(TypeId parent, NameId name) {
  return uint64_t{parent.value()} << 32 | name.value();
}

}  // namespace

TypeId Schema::find_any_type(std::string_view name) const {
  const NameId id = names.find(name);
  if (!id) return {};
  const auto found = types_by_name_.find(id);
  return found == types_by_name_.end() ? TypeId() : found->second;
}

FieldId Schema::find_any_field(TypeId parent, NameId name) const {
  const auto found = fields_by_parent_and_name_.find(field_key(parent, name));
  return found == fields_by_parent_and_name_.end() ? FieldId() : found->second;
}

FieldId Schema::find_any_field(TypeId parent, std::string_view name) const {
  const NameId id = names.find(name);
  return id ? find_any_field(parent, id) : FieldId();
}

InputValueId Schema::find_any_argument(FieldId field, std::string_view name) const {
  for (InputValueId id : fields[field].arguments) {
    if (text(input_values[id].name) == name) return id;
  }
  return {};
}

TypeId Schema::find_type(std::string_view name) const {
  const TypeId id = find_any_type(name);
  return id && types[id].accessible ? id : TypeId();
}

FieldId Schema::find_field(TypeId parent, std::string_view name) const {
  const FieldId id = find_any_field(parent, name);
  return id && fields[id].accessible ? id : FieldId();
}

InputValueId Schema::find_argument(FieldId field, std::string_view name) const {
  const InputValueId id = find_any_argument(field, name);
  return id && input_values[id].accessible ? id : InputValueId();
}

InputValueId Schema::find_input_field(TypeId input_object, std::string_view name) const {
  for (InputValueId id : types[input_object].input_fields) {
    if (input_values[id].accessible && text(input_values[id].name) == name) return id;
  }
  return {};
}

EnumValueId Schema::find_enum_value(TypeId enum_type, std::string_view name) const {
  for (EnumValueId id : types[enum_type].enum_values) {
    if (enum_values[id].accessible && text(enum_values[id].name) == name) return id;
  }
  return {};
}

DirectiveDefId Schema::find_directive(std::string_view name) const {
  for (size_t i = 0; i < directives.size(); ++i) {
    const DirectiveDef& directive = directives[DirectiveDefId(i)];
    if (directive.accessible && text(directive.name) == name) return DirectiveDefId(i);
  }
  return {};
}

bool Schema::is_possible(TypeId abstract_or_object, TypeId object) const {
  return std::ranges::binary_search(types[abstract_or_object].possible_types, object);
}

std::string Schema::print(TypeRef type) const {
  std::string out(type.list_depth, '[');
  out += type_name(type.type);
  for (uint8_t level = 0; level <= type.list_depth; ++level) {
    if (level > 0) out += ']';
    if (type.non_null_at(level)) out += '!';
  }
  return out;
}

}  // namespace signet::schema
