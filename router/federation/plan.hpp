// A plan: the fetches of one operation, where each puts what it gets, and how the answer is written from it.
//
// Vocabulary. A *position* is a place in the answer that holds objects (or lists of them). A *shape* is what one fetch
// returns for the objects of one position: a block of slots. At a position several shapes may be open at once, the same
// object seen by several subgraphs; the executor's *cursor* there is one block for each of them. A shape *lands* when
// its object came as the value of a field, and is *linked* when it came from an entity fetch. A *request* is what goes
// over the wire: one root fetch, or all entity fetches of one stage that go to one subgraph.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/federation/supergraph.hpp"
#include "router/operation/operation.hpp"

namespace signet::federation {

using FetchId = Id<struct FetchTag>;
using RequestId = Id<struct RequestTag>;
using ShapeId = Id<struct ShapeTag>;
using PositionId = Id<struct PositionTag>;
using CaseId = Id<struct CaseTag>;
using TemplateItemId = Id<struct TemplateItemTag>;
using MetaFieldId = Id<struct MetaFieldTag>;
using schema::TypeRef;

/// Where one field of a response object is stored in a block.
struct Slot {
  std::string wire_name;  ///< its key in the subgraph's answer
  std::string wire_json;  ///< `"name":`
  CaseId type_case;       ///< the objects that have it
  FieldId field;
  TypeRef type;                            ///< in the supergraph
  uint8_t plain = 0;                       ///< leaves: json::Scalar bits of values that fit the type as they come
  PositionId child;                        ///< composite fields
  ShapeId child_shape;                     ///< composite fields
  std::vector<std::string> response_keys;  ///< empty: only fetched for a representation
};

/// The slots of one case of a shape: an object has those of its own case only.
struct CaseSlots {
  CaseId type_case;
  uint16_t begin = 0, end = 0;    ///< in Shape::slots
  std::vector<uint16_t> by_name;  ///< the same, sorted by wire name
};

enum class ShapeKind : uint8_t {
  root,    ///< `data` of a root fetch
  landed,  ///< value of slot `parent_slot` of shape `parent`
  linked,  ///< result of `fetch`, kept at link `link` of the anchor's block
};

inline constexpr size_t kSlotsMax = 20'000;  ///< of a shape; less than 16 bits can tell

struct Shape {
  ShapeKind kind = ShapeKind::root;
  FetchId fetch;
  PositionId position;
  uint16_t index = 0;         ///< in Position::shapes
  ShapeId parent;             ///< landed: the shape it lands from; linked: the anchor
  uint16_t parent_index = 0;  ///< that one's `index`
  uint16_t parent_slot = 0;
  uint16_t link = 0;
  bool sole = false;               ///< landed, and nothing else lands at its position
  CaseId type_case;                ///< the case of all its objects; invalid: each object's `__typename` tells
  std::vector<Slot> slots;         ///< in printed order: case by case
  std::vector<CaseSlots> layouts;  ///< of cases that have slots
  uint16_t link_count = 0;
};

/// The slots of `type_case` in `shape`; null when it has none.
inline const CaseSlots* find_layout(const Shape& shape, CaseId type_case) {
  for (const CaseSlots& each : shape.layouts) {
    if (each.type_case == type_case) return &each;
  }
  return nullptr;
}

/// A field that is answered from the schema: `__schema`, `__type` or anything below them.
struct MetaField {
  FieldId field;  ///< invalid: `__typename`
  std::string key_json;
  std::string type_name;           ///< of the object that has it
  std::string literal;             ///< its only argument, as printed; empty: none, or a variable
  operation::VariableId variable;  ///< its only argument when that is a variable
  std::vector<MetaFieldId> children;
};

/// A field of the answer.
struct OutputField {
  enum class Kind : uint8_t { value, type_name, introspection };
  Kind kind = Kind::value;
  std::string key;       ///< response key
  std::string key_json;  ///< `"key":`
  ShapeId shape;         ///< leaves
  uint16_t slot = 0;     ///< leaves
  bool follows = false;  ///< leaf of the slot after that of the field before it, under that slot's own name
  TypeRef type;          ///< as clients see it
  FieldId field;
  PositionId child;  ///< composite fields
  MetaFieldId meta;  ///< introspection
};

/// The objects of one type at one position.
struct PositionCase {
  PositionId position;
  TypeId type;
  std::string type_name;
  bool accessible = true;
  std::vector<OutputField> output;  ///< in the client's order
};

struct Position {
  CaseId parent;             ///< invalid: the root
  std::string response_key;  ///< empty: only fetched for a representation, or the root
  TypeRef type;              ///< of the field that holds it
  FieldId field;
  std::vector<ShapeId> shapes;  ///< landed and root ones, then linked ones in an order in which they can be resolved
  uint16_t landed = 0;          ///< how many are not linked
  std::vector<CaseId> cases;    ///< by TypeId
};

/// A field of a representation.
struct TemplateItem {
  std::string key_json;   ///< `"name":`
  bool key = false;       ///< of the key, rather than of a requirement
  bool abstract = false;  ///< objects say their type
  TypeRef type;
  ShapeId shape;      ///< leaves
  uint16_t slot = 0;  ///< leaves
  PositionId child;   ///< composite fields
  struct Case {
    CaseId type_case;
    std::vector<TemplateItemId> items;
  };
  std::vector<Case> cases;
};

enum class FetchKind : uint8_t { root, entity };

struct FetchVariable {
  std::string name_json;  ///< `"name":`
  operation::VariableId variable;
};

struct Fetch {
  FetchKind kind = FetchKind::root;
  bool mutation = false;
  SubgraphId subgraph;
  ShapeId shape;                      ///< of `data`, or of the entities
  PositionId position;                ///< where it attaches
  CaseId type_case;                   ///< entity fetches, and root fetches below the root: the objects it is for
  bool at_root = true;                ///< false: linked to the objects of `position`
  std::string representation_prefix;  ///< `{"__typename":"Product"`
  std::vector<TemplateItemId> representation;
  std::vector<FetchId> dependencies;  ///< without those that others imply
  RequestId request;
  uint16_t list = 0;                    ///< entity fetches: in Request::lists
  std::string key_text, required_text;  ///< for people: the field sets behind `representation`
};

/// One `_entities` field of a request. Fetches that want the same of objects of one type share it, wherever in the
/// answer those objects stand: a representation that several of them need is sent once.
struct EntityList {
  std::string wire_name;        ///< `_entities`, or its alias where a request has several
  std::string representations;  ///< name of the variable, as `"representations":`
  std::vector<FetchId> fetches;
};

struct Request {
  SubgraphId subgraph;
  bool mutation = false;
  uint32_t stage = 0;             ///< requests of one stage do not wait for each other
  std::vector<FetchId> fetches;   ///< of one subgraph and stage
  std::vector<EntityList> lists;  ///< empty: one root fetch
  std::vector<RequestId> dependencies, dependents;
  std::string document;     ///< GraphQL text
  std::string body_prefix;  ///< `{"query":"…","variables":{`
  std::vector<FetchVariable> variables;
};

/// Lifetime: self-contained; ids are those of the supergraph it was planned for.
/// Threads: immutable.
struct Plan {
  operation::OperationType type = operation::OperationType::query;
  IdVector<FetchId, Fetch> fetches;       ///< each after all it depends on
  IdVector<RequestId, Request> requests;  ///< each after all it depends on
  IdVector<ShapeId, Shape> shapes;
  IdVector<PositionId, Position> positions;  ///< the first one is the root
  IdVector<CaseId, PositionCase> cases;
  IdVector<TemplateItemId, TemplateItem> template_items;
  IdVector<MetaFieldId, MetaField> meta_fields;

  PositionId root() const { return PositionId(0); }
};

}  // namespace signet::federation
