// World: a random schema with its data, as one service would have it: the monolith that knows every answer.
//
// Every object is a row. Cells hold demo values; an object in a cell is only a reference, {"#": number of the row}, so
// that data may be cyclic. Fields with a requirement have no cell: their value is computed from the fields they name.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "router/demo/value.hpp"
#include "tests/oracle/random.hpp"

namespace signet::oracle {

/// `[Name!]`: bit i of `non_null` stands for the type within i of the lists, counted from the name outwards.
struct TypeUse {
  std::string name;
  unsigned lists = 0;
  unsigned non_null = 0;

  bool required() const { return (non_null >> lists & 1U) != 0; }
  void set_required(bool on) { non_null = (non_null & ~(1U << lists)) | (on ? 1U << lists : 0U); }
  TypeUse item() const { return {name, lists - 1, non_null & ((1U << lists) - 1)}; }
  std::string print() const;
};

struct ArgumentDef {
  std::string name;
  TypeUse type;
  std::string default_value;  ///< a literal; empty: none
};

/// One field of a key, a requirement or a grant; or, with `on`, what holds for objects of one type only.
struct SetNode {
  std::string on;  ///< `... on TYPE`; then `field` is empty
  std::string field;
  std::string arguments;  ///< literals, as written between the parentheses
  demo::Object given;     ///< the same, coerced
  std::vector<SetNode> children;
};
using FieldSet = std::vector<SetNode>;
std::string print_set(const FieldSet& set);

struct FieldDef {
  std::string name;
  TypeUse type;
  std::vector<ArgumentDef> arguments;
  FieldSet required;    ///< not empty: the value is computed from these
  bool key = false;     ///< part of a key
  bool steady = false;  ///< never fails
  bool shared = false;  ///< every object of an interface has it
};

enum class TypeKind : uint8_t { root, entity, value, interface, union_ };

struct TypeDef {
  std::string name;
  TypeKind kind = TypeKind::value;
  std::vector<std::string> members;  ///< of an abstract type
  std::vector<FieldSet> keys;
  std::vector<FieldDef> fields;
  bool halved = false;  ///< a value type whose fields two subgraphs may share out

  bool abstract() const { return kind == TypeKind::interface || kind == TypeKind::union_; }
  const FieldDef* field(std::string_view wanted) const;
  FieldDef* field(std::string_view wanted);
};

struct Row {
  std::string type;
  std::map<std::string, demo::Value, std::less<>> cells;
  std::set<std::string, std::less<>> failing;  ///< fields whose resolver fails
};

struct World {
  std::vector<TypeDef> types;  ///< Query first
  std::vector<Row> rows;

  const TypeDef* type(std::string_view name) const;  ///< null for leaves
  TypeDef* type(std::string_view name);
  std::vector<size_t> rows_of(std::string_view type) const;
  /// The interfaces that objects of `type` implement.
  std::vector<std::string> interfaces_of(std::string_view type) const;
};

/// Scalars, enum and input type of every world.
inline constexpr std::string_view kLeafSdl =
    "scalar Blob\n"
    "enum Color { RED GREEN BLUE }\n"
    "input Filter { text: String = \"d\" limits: [Int!] nested: Filter blob: Blob color: Color = RED id: ID }\n";

/// The first member of objects inside custom scalars: the order of theirs is kept.
inline constexpr std::string_view kBlobMark = "#blob";

/// A reference to row `number`, which is of `type`.
demo::Value reference(std::string_view type, size_t number);
/// The row that `object` refers to.
inline size_t row_of(const demo::Object& object) {
  return static_cast<size_t>(object.integer("#"));
}

/// Types only.
World make_schema(Random& random);
/// Rows for the types of `world`.
void fill_world(World& world, Random& random);
/// Both.
World make_world(uint64_t seed);
/// The schema as a service without federation writes it.
std::string print_monolith(const World& world);

}  // namespace signet::oracle
