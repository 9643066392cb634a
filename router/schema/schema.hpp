// The type system as flat arrays with ids that the planner, the validator and telemetry share.
//
// One Schema holds everything the supergraph declares. What clients may not see (join and link machinery, elements that
// are @inaccessible) stays in the arrays with `accessible == false`, because keys and requirements may use it. Lookups
// for clients go through find_*() and see accessible elements only; the planner uses find_any_*().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "router/base/id.hpp"
#include "router/base/interner.hpp"
#include "router/graphql/ast.hpp"

namespace signet::schema {

using TypeId = Id<struct SchemaTypeTag>;
using FieldId = Id<struct SchemaFieldTag>;            ///< a field of an object or interface type
using InputValueId = Id<struct SchemaInputValueTag>;  ///< an argument, or a field of an input object
using EnumValueId = Id<struct SchemaEnumValueTag>;
using DirectiveDefId = Id<struct SchemaDirectiveTag>;

using graphql::TypeKind;

/// A named type inside list and non-null wrappers. Level 0 is the named type, level k the k-th list around it.
struct TypeRef {
  static constexpr uint8_t kListDepthMax = 15;

  TypeId type;
  uint8_t list_depth = 0;
  uint16_t non_null_bits = 0;  ///< bit k: level k is non-null

  bool non_null_at(uint8_t level) const { return (non_null_bits >> level & 1) != 0; }
  bool non_null() const { return non_null_at(list_depth); }  ///< of the whole type
  bool is_list() const { return list_depth > 0; }
  /// The type of a list's items.
  TypeRef item() const {
    return {type, static_cast<uint8_t>(list_depth - 1),
            static_cast<uint16_t>(non_null_bits & ((1u << list_depth) - 1))};
  }
  TypeRef nullable() const { return {type, list_depth, static_cast<uint16_t>(non_null_bits & ~(1u << list_depth))}; }
  friend bool operator==(const TypeRef&, const TypeRef&) = default;
};

enum class BuiltinScalar : uint8_t { none, int_, float_, string, boolean, id };

struct Type {
  NameId name;
  TypeKind kind = TypeKind::scalar;
  BuiltinScalar builtin = BuiltinScalar::none;
  bool accessible = true;
  bool one_of = false;  ///< input object with @oneOf
  std::string_view description;
  std::string_view specified_by_url;   ///< scalar; empty when not given
  IdRange<FieldId> fields;             ///< object, interface
  IdRange<InputValueId> input_fields;  ///< input object
  IdRange<EnumValueId> enum_values;    ///< enum
  std::vector<TypeId> interfaces;      ///< object, interface: what it implements, transitively as declared
  std::vector<TypeId> possible_types;  ///< object: itself; interface, union: object types; in order of TypeId

  bool composite() const { return kind == TypeKind::object || kind == TypeKind::interface || kind == TypeKind::union_; }
  bool abstract() const { return kind == TypeKind::interface || kind == TypeKind::union_; }
  bool leaf() const { return kind == TypeKind::scalar || kind == TypeKind::enum_; }
  bool input() const { return leaf() || kind == TypeKind::input_object; }
};

struct Field {
  NameId name;
  TypeId parent;
  TypeRef type;
  IdRange<InputValueId> arguments;
  bool accessible = true;
  bool deprecated = false;
  std::string_view description;
  std::string_view deprecation_reason;
};

struct InputValue {
  NameId name;
  TypeRef type;
  bool has_default = false;
  bool accessible = true;
  bool deprecated = false;
  graphql::ValueId default_value;  ///< in Schema::source()
  std::string_view description;
  std::string_view deprecation_reason;

  bool required() const { return type.non_null() && !has_default; }
};

struct EnumValue {
  NameId name;
  TypeId parent;
  bool accessible = true;
  bool deprecated = false;
  std::string_view description;
  std::string_view deprecation_reason;
};

struct DirectiveDef {
  NameId name;
  IdRange<InputValueId> arguments;
  std::vector<std::string_view> locations;  ///< "FIELD", "QUERY", …
  bool repeatable = false;
  bool accessible = true;
  std::string_view description;
};

/// Lifetime: owns the document it was built from; all views point into it.
/// Threads: immutable once built.
class Schema {
 public:
  const graphql::Document& source() const { return *source_; }
  std::string_view text(NameId name) const { return names.text(name); }
  std::string_view type_name(TypeId id) const { return names.text(types[id].name); }
  std::string_view field_name(FieldId id) const { return names.text(fields[id].name); }

  std::string_view description;
  TypeId query_type, mutation_type, subscription_type;  ///< invalid where the schema has none
  /// `__schema` and `__type` of the query root: in `fields`, but in no type's range and found by no lookup.
  FieldId schema_meta_field, type_meta_field;
  TypeId root_type(graphql::OperationType type) const {
    return type == graphql::OperationType::query      ? query_type
           : type == graphql::OperationType::mutation ? mutation_type
                                                      : subscription_type;
  }

  Interner names;
  IdVector<TypeId, Type> types;
  IdVector<FieldId, Field> fields;
  IdVector<InputValueId, InputValue> input_values;
  IdVector<EnumValueId, EnumValue> enum_values;
  IdVector<DirectiveDefId, DirectiveDef> directives;

  // What a client can see. Invalid ids when there is no such element, or it is not accessible.
  TypeId find_type(std::string_view name) const;
  FieldId find_field(TypeId parent, std::string_view name) const;
  InputValueId find_argument(FieldId field, std::string_view name) const;
  InputValueId find_input_field(TypeId input_object, std::string_view name) const;
  EnumValueId find_enum_value(TypeId enum_type, std::string_view name) const;
  DirectiveDefId find_directive(std::string_view name) const;

  // Everything, for the planner.
  TypeId find_any_type(std::string_view name) const;
  FieldId find_any_field(TypeId parent, std::string_view name) const;
  FieldId find_any_field(TypeId parent, NameId name) const;
  InputValueId find_any_argument(FieldId field, std::string_view name) const;

  /// True when an object of type `object` can stand where `abstract_or_object` is expected.
  bool is_possible(TypeId abstract_or_object, TypeId object) const;

  /// "[Product!]!" for messages and printed documents.
  std::string print(TypeRef type) const;

 private:
  friend class SchemaBuilder;
  std::shared_ptr<const graphql::Document> source_;
  std::unordered_map<NameId, TypeId> types_by_name_;
  std::unordered_map<uint64_t, FieldId> fields_by_parent_and_name_;
};

}  // namespace signet::schema
