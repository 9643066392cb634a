// One client operation, ready for planning: conditions decided, fragments and aliases resolved, fields merged.
//
// A NormalizedOperation is a tree of selection sets. A selection set holds one or more *type classes*: object types
// that see exactly the same ordered fields. Below an object type there is one class; below an interface or union,
// object types with equal fields share a class, so that fifty implementations usually make one. Field order is that of
// the specification's CollectFields, which is the order of the answer. Spec:
// https://spec.graphql.org/September2025/#CollectFields()
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "router/base/id.hpp"
#include "router/graphql/ast.hpp"
#include "router/schema/schema.hpp"

namespace signet::operation {

using graphql::OperationType;
using schema::FieldId;
using schema::TypeId;
using schema::TypeRef;

using SelectionSetId = Id<struct SelectionSetTag>;
using FieldNodeId = Id<struct FieldNodeTag>;
using ArgumentsId = Id<struct ArgumentsTag>;  ///< canonical: equal arguments have equal ids
using VariableId = Id<struct VariableTag>;

/// A declared variable of the operation.
struct Variable {
  std::string_view name;  ///< without `$`
  TypeRef type;
  graphql::ValueId default_value;  ///< in the document; invalid when there is none
  bool condition_only = false;     ///< used in @skip/@include and nowhere else
};

/// The arguments of a field, canonical: sorted by name, values printed by our printer.
struct Arguments {
  std::string text;                   ///< `first: 5, where: {id: $id}`; empty: no arguments
  std::vector<VariableId> variables;  ///< each once, ascending
};

enum class FieldKind : uint8_t {
  schema_field,   ///< FieldId is valid
  type_name,      ///< `__typename`
  introspection,  ///< `__schema` or `__type` at the query root: answered by the router itself
};

struct FieldNode {
  FieldKind kind = FieldKind::schema_field;
  /// The field on the class's object type when the class has one type, else on the set's static type if that has the
  /// field, else on the class's first type.
  FieldId field;
  ArgumentsId arguments;
  std::string_view response_key;
  SelectionSetId children;      ///< invalid for leaves
  graphql::SelectionId source;  ///< first selection that asked for it; for introspection and messages
};

struct TypeClass {
  std::vector<TypeId> types;  ///< object types, ascending
  IdRange<FieldNodeId> fields;
};

struct SelectionSet {
  TypeId static_type;
  std::vector<TypeClass> classes;
};

/// Lifetime: views point into the document it was normalised from, which must outlive it.
struct NormalizedOperation {
  OperationType type = OperationType::query;
  SelectionSetId root;
  IdVector<SelectionSetId, SelectionSet> selection_sets;
  IdVector<FieldNodeId, FieldNode> fields;
  IdVector<ArgumentsId, Arguments> arguments;
  IdVector<VariableId, Variable> variables;
};

}  // namespace signet::operation
