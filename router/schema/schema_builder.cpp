#include "router/schema/schema_builder.hpp"

#include <unordered_set>

#include "router/graphql/parser.hpp"
#include "router/schema/builtins.hpp"
#include "router/schema/schema_draft.hpp"

namespace signet::schema {
namespace {

using graphql::DirectiveId;
using graphql::Document;
using graphql::InputValueDefinitionId;
using graphql::TypeDefinition;
using graphql::TypeDefinitionId;
using graphql::TypeRefKind;

std::string_view word(TypeKind kind) {
  switch (kind) {
    case TypeKind::scalar:
      return "scalar";
    case TypeKind::object:
      return "object";
    case TypeKind::interface:
      return "interface";
    case TypeKind::union_:
      return "union";
    case TypeKind::enum_:
      return "enum";
    case TypeKind::input_object:
      return "input object";
  }
  return "";
}

BuiltinScalar builtin_scalar(std::string_view name) {
  if (name == "Int") return BuiltinScalar::int_;
  if (name == "Float") return BuiltinScalar::float_;
  if (name == "String") return BuiltinScalar::string;
  if (name == "Boolean") return BuiltinScalar::boolean;
  if (name == "ID") return BuiltinScalar::id;
  return BuiltinScalar::none;
}

}  // namespace

class SchemaBuilder {
 public:
  SchemaBuilder(std::shared_ptr<const Document> document, uint32_t own_source_end, const BuildOptions& options)
      : document_(*document), draft_(document_, schema_, options, own_source_end) {
    schema_.source_ = std::move(document);
  }

  std::expected<Schema, std::vector<SchemaError>> build() {
    declare_types();
    build_types();
    build_directives();
    find_roots(draft_);
    link_possible_types();
    // The remaining rules follow references, so they run only when every reference has been resolved.
    if (!draft_.failed()) {
      add_meta_fields(draft_);
      check_implementations(draft_);
      check_input_cycles(draft_);
      check_directive_uses(draft_);
      decide_accessibility(draft_);
    }
    if (draft_.failed()) return std::unexpected(draft_.take_errors());
    return std::move(schema_);
  }

 private:
  using NameSet = std::unordered_set<std::string_view>;

  // A definition and its extensions, in source order.
  using Parts = std::vector<TypeDefinitionId>;

  void declare_types() {
    for (size_t i = 0; i < document_.type_definitions.size(); ++i) {
      const TypeDefinition& definition = document_.type_definitions[TypeDefinitionId(i)];
      if (definition.extension) continue;
      const NameId name = schema_.names.intern(definition.name);
      const TypeId id(schema_.types.size());
      if (!schema_.types_by_name_.emplace(name, id).second) {
        draft_.error(fmt::format("there can be only one type named \"{}\"", definition.name), definition.offset);
        continue;
      }
      check_name(definition.name, definition.offset);
      Type type;
      type.name = name;
      type.kind = definition.kind;
      type.description = definition.description;
      if (type.kind == TypeKind::scalar) type.builtin = builtin_scalar(definition.name);
      schema_.types.push_back(std::move(type));
      draft_.offsets.types.push_back(definition.offset);
      parts_.push_back({TypeDefinitionId(i)});
    }
    for (size_t i = 0; i < document_.type_definitions.size(); ++i) {
      const TypeDefinition& extension = document_.type_definitions[TypeDefinitionId(i)];
      if (!extension.extension) continue;
      const TypeId id = schema_.find_any_type(extension.name);
      if (!id) {
        draft_.error(fmt::format("cannot extend type \"{}\", which is not defined", extension.name), extension.offset);
      } else if (schema_.types[id].kind != extension.kind) {
        draft_.error(fmt::format("cannot extend {} \"{}\" as {}", word(schema_.types[id].kind), extension.name,
                                 word(extension.kind)),
                     extension.offset);
      } else {
        parts_[id].push_back(TypeDefinitionId(i));
      }
    }
  }

  void check_name(std::string_view name, uint32_t offset) {
    if (name.starts_with("__") && !draft_.builtin(offset)) {
      draft_.error(fmt::format("\"{}\" is not allowed: names that begin with \"__\" are reserved", name), offset);
    }
  }

  void build_types() {
    for (size_t i = 0; i < schema_.types.size(); ++i) {
      const TypeId id(i);
      switch (schema_.types[id].kind) {
        case TypeKind::scalar:
          build_scalar(id);
          break;
        case TypeKind::object:
        case TypeKind::interface:
          build_fields(id);
          break;
        case TypeKind::union_:
          build_union(id);
          break;
        case TypeKind::enum_:
          build_enum(id);
          break;
        case TypeKind::input_object:
          build_input_object(id);
          break;
      }
    }
  }

  void build_scalar(TypeId id) {
    for (TypeDefinitionId part : parts_[id]) {
      const DirectiveId first = document_.type_definitions[part].first_directive;
      for (auto [directive_id, directive] : document_.each(first)) {
        if (directive.name != "specifiedBy") continue;
        const graphql::Argument* url = document_.find_argument(directive.first_argument, "url");
        if (url != nullptr) schema_.types[id].specified_by_url = document_[url->value].text;
      }
    }
  }

  void build_fields(TypeId id) {
    NameSet seen;
    IdRange<FieldId> range{FieldId(schema_.fields.size()), 0};
    for (TypeDefinitionId part : parts_[id]) {
      const TypeDefinition& definition = document_.type_definitions[part];
      build_interfaces(id, definition);
      for (auto [unused, node] : document_.each(definition.first_field)) {
        if (!unique(seen, node.name, "field", node.offset)) continue;
        build_field(id, node);
        ++range.count;
      }
    }
    schema_.types[id].fields = range;
    if (range.empty()) no_elements(id, "fields");
  }

  void build_field(TypeId parent, const graphql::FieldDefinition& node) {
    Field field;
    field.name = schema_.names.intern(node.name);
    field.parent = parent;
    field.type = resolve(node.type, node.offset, Direction::output);
    field.description = node.description;
    field.deprecation_reason = deprecation(node.first_directive, field.deprecated);
    field.arguments = build_input_values(node.first_argument, "argument");
    const NameId name = field.name;
    const FieldId id = schema_.fields.push_back(field);
    draft_.offsets.fields.push_back(node.offset);
    schema_.fields_by_parent_and_name_.emplace(uint64_t{parent.value()} << 32 | name.value(), id);
  }

  void build_interfaces(TypeId id, const TypeDefinition& definition) {
    for (auto [unused, node] : document_.each(definition.first_interface)) {
      const TypeId interface = known_type(node.name, node.offset);
      if (!interface) continue;
      std::vector<TypeId>& interfaces = schema_.types[id].interfaces;
      if (schema_.types[interface].kind != TypeKind::interface) {
        draft_.error(fmt::format("type \"{}\" can implement interfaces only, not \"{}\"", definition.name, node.name),
                     node.offset);
      } else if (interface == id) {
        draft_.error(fmt::format("type \"{}\" cannot implement itself", definition.name), node.offset);
      } else if (std::ranges::find(interfaces, interface) != interfaces.end()) {
        draft_.error(fmt::format("type \"{}\" can implement \"{}\" only once", definition.name, node.name),
                     node.offset);
      } else {
        interfaces.push_back(interface);
      }
    }
  }

  void build_union(TypeId id) {
    std::vector<TypeId>& members = schema_.types[id].possible_types;
    bool empty = true;
    for (TypeDefinitionId part : parts_[id]) {
      for (auto [unused, node] : document_.each(document_.type_definitions[part].first_member)) {
        empty = false;
        const TypeId member = known_type(node.name, node.offset);
        if (!member) continue;
        if (schema_.types[member].kind != TypeKind::object) {
          draft_.error(fmt::format("a union can include object types only, not \"{}\"", node.name), node.offset);
        } else if (std::ranges::find(members, member) != members.end()) {
          draft_.error(fmt::format("a union can include \"{}\" only once", node.name), node.offset);
        } else {
          members.push_back(member);
        }
      }
    }
    if (empty) no_elements(id, "member types");
  }

  void build_enum(TypeId id) {
    NameSet seen;
    IdRange<EnumValueId> range{EnumValueId(schema_.enum_values.size()), 0};
    for (TypeDefinitionId part : parts_[id]) {
      for (auto [unused, node] : document_.each(document_.type_definitions[part].first_enum_value)) {
        if (!unique(seen, node.name, "enum value", node.offset)) continue;
        EnumValue value;
        value.name = schema_.names.intern(node.name);
        value.parent = id;
        value.description = node.description;
        value.deprecation_reason = deprecation(node.first_directive, value.deprecated);
        schema_.enum_values.push_back(value);
        draft_.offsets.enum_values.push_back(node.offset);
        ++range.count;
      }
    }
    schema_.types[id].enum_values = range;
    if (range.empty()) no_elements(id, "values");
  }

  void build_input_object(TypeId id) {
    NameSet seen;
    IdRange<InputValueId> range{InputValueId(schema_.input_values.size()), 0};
    bool one_of = false;
    for (TypeDefinitionId part : parts_[id]) {
      const TypeDefinition& definition = document_.type_definitions[part];
      range.count += add_input_values(definition.first_input_field, "input field", seen);
      for (auto [unused, directive] : document_.each(definition.first_directive)) one_of |= directive.name == "oneOf";
    }
    schema_.types[id].input_fields = range;
    schema_.types[id].one_of = one_of;
    if (range.empty()) no_elements(id, "input fields");
    if (!one_of) return;
    for (InputValueId field : range) {
      const InputValue& value = schema_.input_values[field];
      if (value.type.non_null() || value.has_default) {
        draft_.error(fmt::format("field \"{}\" of a @oneOf input object must be nullable and without default",
                                 draft_.name(value.name)),
                     draft_.offsets.input_values[field]);
      }
    }
  }

  void build_directives() {
    NameSet seen;
    for (const graphql::DirectiveDefinition& node : document_.directive_definitions) {
      if (!unique(seen, node.name, "directive", node.offset)) continue;
      DirectiveDef directive;
      directive.name = schema_.names.intern(node.name);
      directive.description = node.description;
      directive.repeatable = node.repeatable;
      directive.arguments = build_input_values(node.first_argument, "argument");
      for (auto [unused, location] : document_.each(node.first_location)) {
        if (std::ranges::find(directive.locations, location.name) == directive.locations.end()) {
          directive.locations.push_back(location.name);
        }
      }
      schema_.directives.push_back(std::move(directive));
    }
  }

  IdRange<InputValueId> build_input_values(InputValueDefinitionId first, std::string_view what) {
    NameSet seen;
    const InputValueId begin(schema_.input_values.size());
    return {begin, add_input_values(first, what, seen)};
  }

  uint32_t add_input_values(InputValueDefinitionId first, std::string_view what, NameSet& seen) {
    uint32_t count = 0;
    for (auto [unused, node] : document_.each(first)) {
      if (!unique(seen, node.name, what, node.offset)) continue;
      InputValue value;
      value.name = schema_.names.intern(node.name);
      value.type = resolve(node.type, node.offset, Direction::input);
      value.default_value = node.default_value;
      value.has_default = node.default_value.valid();
      value.description = node.description;
      value.deprecation_reason = deprecation(node.first_directive, value.deprecated);
      if (value.deprecated && value.required()) {
        draft_.error(fmt::format("required {} \"{}\" cannot be deprecated", what, node.name), node.offset);
      }
      schema_.input_values.push_back(value);
      draft_.offsets.input_values.push_back(node.offset);
      ++count;
    }
    return count;
  }

  void link_possible_types() {
    for (size_t i = 0; i < schema_.types.size(); ++i) {
      const TypeId id(i);
      if (schema_.types[id].kind != TypeKind::object) continue;
      schema_.types[id].possible_types = {id};
      for (TypeId interface : schema_.types[id].interfaces) schema_.types[interface].possible_types.push_back(id);
    }
    for (Type& type : schema_.types) std::ranges::sort(type.possible_types);
  }

  enum class Direction : uint8_t { input, output };

  TypeRef resolve(graphql::TypeRefId node_id, uint32_t offset, Direction direction) {
    TypeRef type;
    std::array<bool, TypeRef::kListDepthMax + 1> non_null{};  // from the outside
    while (true) {
      const graphql::TypeRef& node = document_[node_id];
      if (node.kind == TypeRefKind::named) break;
      if (node.kind == TypeRefKind::non_null) {
        non_null[type.list_depth] = true;
      } else if (++type.list_depth > TypeRef::kListDepthMax) {
        draft_.error(fmt::format("more than {} nested lists are not supported", TypeRef::kListDepthMax), offset);
        return type;
      }
      node_id = node.inner;
    }
    for (size_t i = 0; i <= type.list_depth; ++i) {
      if (non_null[i]) type.non_null_bits |= static_cast<uint16_t>(1u << (type.list_depth - i));
    }
    const graphql::TypeRef& named = document_[node_id];
    type.type = known_type(named.name, named.offset);
    if (!type.type) return type;
    const Type& target = schema_.types[type.type];
    if (direction == Direction::input && !target.input()) {
      draft_.error(fmt::format("\"{}\" is not an input type", named.name), named.offset);
    } else if (direction == Direction::output && target.kind == TypeKind::input_object) {
      draft_.error(fmt::format("\"{}\" is not an output type", named.name), named.offset);
    }
    return type;
  }

  TypeId known_type(std::string_view name, uint32_t offset) {
    const TypeId id = schema_.find_any_type(name);
    if (!id) draft_.error(fmt::format("unknown type \"{}\"", name), offset);
    return id;
  }

  bool unique(NameSet& seen, std::string_view name, std::string_view what, uint32_t offset) {
    if (!seen.insert(name).second) {
      draft_.error(fmt::format("there can be only one {} named \"{}\" here", what, name), offset);
      return false;
    }
    check_name(name, offset);
    return true;
  }

  void no_elements(TypeId id, std::string_view what) {
    draft_.error(fmt::format("type \"{}\" must have one or more {}", schema_.type_name(id), what),
                 draft_.offsets.types[id]);
  }

  std::string_view deprecation(DirectiveId first, bool& deprecated) const {
    for (auto [id, directive] : document_.each(first)) {
      if (directive.name != "deprecated") continue;
      deprecated = true;
      const graphql::Argument* reason = document_.find_argument(directive.first_argument, "reason");
      return reason != nullptr ? document_[reason->value].text : "No longer supported";
    }
    return {};
  }

  Schema schema_;
  const Document& document_;
  SchemaDraft draft_;
  IdVector<TypeId, Parts> parts_;
};

std::expected<Schema, std::vector<SchemaError>> build_schema(const graphql::Document& document,
                                                             const BuildOptions& options) {
  auto whole = graphql::parse_type_system(with_builtins(document));
  if (!whole) return std::unexpected(std::vector{SchemaError{whole.error().message, whole.error().position}});
  const auto own_source_end = static_cast<uint32_t>(document.source().size());
  return SchemaBuilder(std::make_shared<const Document>(std::move(*whole)), own_source_end, options).build();
}

}  // namespace signet::schema
