// The syntax tree of a GraphQL document, executable or type system, as flat arrays.
//
// Nodes name each other by id. Children form sibling lists: a parent holds its first child, each child the next one.
// `Document::each(first)` walks such a list. Names and raw text are views into the source; text that had to be cooked
// (escapes, block strings) lies in the document's arena.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "router/base/arena.hpp"
#include "router/base/id.hpp"

namespace signet::graphql {

using ValueId = Id<struct ValueTag>;
using ArgumentId = Id<struct ArgumentTag>;
using DirectiveId = Id<struct DirectiveTag>;
using TypeRefId = Id<struct TypeRefTag>;
using SelectionId = Id<struct SelectionTag>;
using VariableDefinitionId = Id<struct VariableDefinitionTag>;
using OperationId = Id<struct OperationTag>;
using FragmentId = Id<struct FragmentTag>;
using InputValueDefinitionId = Id<struct InputValueDefinitionTag>;
using FieldDefinitionId = Id<struct FieldDefinitionTag>;
using EnumValueDefinitionId = Id<struct EnumValueDefinitionTag>;
using NamedTypeId = Id<struct NamedTypeTag>;
using TypeDefinitionId = Id<struct TypeDefinitionTag>;
using DirectiveDefinitionId = Id<struct DirectiveDefinitionTag>;
using SchemaDefinitionId = Id<struct SchemaDefinitionTag>;

/// Line and column, both from 1; columns count bytes.
struct Position {
  uint32_t line = 0;
  uint32_t column = 0;
  friend bool operator==(Position, Position) = default;
};

enum class ValueKind : uint8_t { variable, integer, floating, string, boolean, null, enumeration, list, object };

struct Value {
  ValueKind kind = ValueKind::null;
  uint32_t offset = 0;
  /// variable: name without `$`; integer, floating: source text; string: cooked text; boolean, null, enumeration: name.
  std::string_view text;
  ValueId first_item;      ///< list: its items
  ArgumentId first_field;  ///< object: its fields
  ValueId next;            ///< next item of the list that holds this value
};

/// An argument of a field or directive, or a field of an object value.
struct Argument {
  std::string_view name;
  ValueId value;
  uint32_t offset = 0;
  ArgumentId next;
};

struct Directive {
  std::string_view name;  ///< without `@`
  ArgumentId first_argument;
  uint32_t offset = 0;
  DirectiveId next;
};

enum class TypeRefKind : uint8_t { named, list, non_null };

struct TypeRef {
  TypeRefKind kind = TypeRefKind::named;
  std::string_view name;  ///< named
  TypeRefId inner;        ///< list, non_null
  uint32_t offset = 0;
};

enum class SelectionKind : uint8_t { field, fragment_spread, inline_fragment };

struct Selection {
  SelectionKind kind = SelectionKind::field;
  std::string_view alias;  ///< field: empty when there is none
  std::string_view name;   ///< field name, fragment name, or type condition (empty when there is none)
  uint32_t offset = 0;
  ArgumentId first_argument;
  DirectiveId first_directive;
  SelectionId first_child;  ///< invalid: no selection set
  SelectionId next;

  std::string_view response_key() const { return alias.empty() ? name : alias; }
};

enum class OperationType : uint8_t { query, mutation, subscription };

struct VariableDefinition {
  std::string_view name;  ///< without `$`
  TypeRefId type;
  ValueId default_value;  ///< invalid when there is none
  DirectiveId first_directive;
  uint32_t offset = 0;
  VariableDefinitionId next;
};

struct Operation {
  OperationType type = OperationType::query;
  std::string_view name;  ///< empty when anonymous
  uint32_t offset = 0;
  VariableDefinitionId first_variable;
  DirectiveId first_directive;
  SelectionId first_selection;
};

struct Fragment {
  std::string_view name;
  std::string_view type_condition;
  uint32_t offset = 0;
  DirectiveId first_directive;
  SelectionId first_selection;
};

struct InputValueDefinition {
  std::string_view name;
  std::string_view description;
  TypeRefId type;
  ValueId default_value;  ///< invalid when there is none
  DirectiveId first_directive;
  uint32_t offset = 0;
  InputValueDefinitionId next;
};

struct FieldDefinition {
  std::string_view name;
  std::string_view description;
  InputValueDefinitionId first_argument;
  TypeRefId type;
  DirectiveId first_directive;
  uint32_t offset = 0;
  FieldDefinitionId next;
};

struct EnumValueDefinition {
  std::string_view name;
  std::string_view description;
  DirectiveId first_directive;
  uint32_t offset = 0;
  EnumValueDefinitionId next;
};

/// One name in `implements A & B`, `union U = A | B`, or a directive definition's list of locations.
struct NamedType {
  std::string_view name;
  uint32_t offset = 0;
  NamedTypeId next;
};

enum class TypeKind : uint8_t { scalar, object, interface, union_, enum_, input_object };

/// As introspection's __TypeKind spells it; the names of the directive locations are the same.
constexpr std::string_view to_text(TypeKind kind) {
  switch (kind) {
    case TypeKind::scalar:
      return "SCALAR";
    case TypeKind::object:
      return "OBJECT";
    case TypeKind::interface:
      return "INTERFACE";
    case TypeKind::union_:
      return "UNION";
    case TypeKind::enum_:
      return "ENUM";
    case TypeKind::input_object:
      return "INPUT_OBJECT";
  }
  return "SCALAR";
}

struct TypeDefinition {
  TypeKind kind = TypeKind::scalar;
  bool extension = false;  ///< `extend type …`
  std::string_view name;
  std::string_view description;
  NamedTypeId first_interface;  ///< object, interface
  NamedTypeId first_member;     ///< union
  FieldDefinitionId first_field;
  InputValueDefinitionId first_input_field;
  EnumValueDefinitionId first_enum_value;
  DirectiveId first_directive;
  uint32_t offset = 0;
};

struct DirectiveDefinition {
  std::string_view name;
  std::string_view description;
  InputValueDefinitionId first_argument;
  NamedTypeId first_location;
  bool repeatable = false;
  uint32_t offset = 0;
};

struct SchemaDefinition {
  bool extension = false;
  std::string_view description;
  DirectiveId first_directive;
  std::string_view query, mutation, subscription;  ///< empty when not named
  uint32_t offset = 0;
};

/// Lifetime: owns a copy of its source, so views stay valid as long as the document; it may be moved.
/// Threads: immutable after parsing; any number of readers.
class Document {
 public:
  explicit Document(std::string_view source);

  std::string_view source() const { return {source_.get(), source_size_}; }
  Position position(uint32_t offset) const;

  IdVector<ValueId, Value> values;
  IdVector<ArgumentId, Argument> arguments;
  IdVector<DirectiveId, Directive> directives;
  IdVector<TypeRefId, TypeRef> type_refs;
  IdVector<SelectionId, Selection> selections;
  IdVector<VariableDefinitionId, VariableDefinition> variable_definitions;
  IdVector<OperationId, Operation> operations;
  IdVector<FragmentId, Fragment> fragments;
  IdVector<InputValueDefinitionId, InputValueDefinition> input_value_definitions;
  IdVector<FieldDefinitionId, FieldDefinition> field_definitions;
  IdVector<EnumValueDefinitionId, EnumValueDefinition> enum_value_definitions;
  IdVector<NamedTypeId, NamedType> named_types;
  IdVector<TypeDefinitionId, TypeDefinition> type_definitions;
  IdVector<DirectiveDefinitionId, DirectiveDefinition> directive_definitions;
  IdVector<SchemaDefinitionId, SchemaDefinition> schema_definitions;
  Arena cooked;  ///< text that differs from the source
  uint32_t token_count = 0;

  const Value& operator[](ValueId id) const { return values[id]; }
  const Argument& operator[](ArgumentId id) const { return arguments[id]; }
  const Directive& operator[](DirectiveId id) const { return directives[id]; }
  const TypeRef& operator[](TypeRefId id) const { return type_refs[id]; }
  const Selection& operator[](SelectionId id) const { return selections[id]; }
  const VariableDefinition& operator[](VariableDefinitionId id) const { return variable_definitions[id]; }
  const Operation& operator[](OperationId id) const { return operations[id]; }
  const Fragment& operator[](FragmentId id) const { return fragments[id]; }
  const InputValueDefinition& operator[](InputValueDefinitionId id) const { return input_value_definitions[id]; }
  const FieldDefinition& operator[](FieldDefinitionId id) const { return field_definitions[id]; }
  const EnumValueDefinition& operator[](EnumValueDefinitionId id) const { return enum_value_definitions[id]; }
  const NamedType& operator[](NamedTypeId id) const { return named_types[id]; }

  /// A range over a sibling list: `for (auto [id, selection] : document.each(operation.first_selection))`.
  template <class IdType>
  class Siblings {
   public:
    using Node = std::remove_cvref_t<decltype(std::declval<const Document&>()[IdType()])>;
    struct Item {
      IdType id;
      const Node& node;
    };
    struct Iterator {
      const Document* document;
      IdType at;
      Item operator*() const { return {at, (*document)[at]}; }
      Iterator& operator++() {
        at = (*document)[at].next;
        return *this;
      }
      friend bool operator==(const Iterator& a, const Iterator& b) { return a.at == b.at; }
    };
    Siblings(const Document* document, IdType first) : document_(document), first_(first) {}
    Iterator begin() const { return {document_, first_}; }
    Iterator end() const { return {document_, IdType()}; }

   private:
    const Document* document_;
    IdType first_;
  };

  template <class IdType>
  Siblings<IdType> each(IdType first) const {
    return {this, first};
  }

  /// The argument `name` of a sibling list, or null.
  const Argument* find_argument(ArgumentId first, std::string_view name) const {
    for (auto [id, argument] : each(first)) {
      if (argument.name == name) return &argument;
    }
    return nullptr;
  }

 private:
  std::unique_ptr<char[]> source_;
  size_t source_size_;
};

}  // namespace signet::graphql
