// The query graph: which (type, subgraph) states exist, which fields each can resolve, and how an object gets from one
// to another. Built once at load; the planner reads ids only.
//
// A state means "some fetch returns this object from that subgraph". A *plain* state is what every path and every key
// leads to. A *view* is the same (type, subgraph) with more fields: those that @provides grants on one path, or those
// that @requires unlocks when its inputs were part of the representation.
#pragma once

#include <cstdint>
#include <vector>

#include "router/federation/field_set.hpp"

namespace signet::federation {

using StateId = Id<struct StateTag>;
using EdgeId = Id<struct EdgeTag>;
using JumpId = Id<struct JumpTag>;

enum class StateKind : uint8_t { root, object, interface, union_ };

struct State {
  TypeId type;
  SubgraphId subgraph;
  uint32_t index = 0;  ///< in Model::states_of_type
  StateKind kind = StateKind::object;
  FieldSetId provided;          ///< view of @provides: what is granted; invalid: none
  FieldSetId required;          ///< view of @requires: the inputs it was entered with; invalid: none
  std::vector<EdgeId> edges;    ///< by FieldId
  std::vector<TypeId> runtime;  ///< object types possible here, ascending; objects and roots: the type itself
  std::vector<StateId> casts;   ///< parallel to `runtime`

  bool plain() const { return !provided && !required; }
};

struct Edge {
  FieldId field;          ///< of the state's object type
  StateId head;           ///< where composite fields lead; invalid for leaves
  schema::TypeRef local;  ///< the field's type as the subgraph declares it
};

/// An entity fetch that makes `head` available, given the fields of `key` and of the head's `required`. Root types are
/// reached again without any input.
struct Jump {
  StateId head;
  FieldSetId key;  ///< invalid: root type
};

/// One way to open a state at an object where others are open already.
struct Derivation {
  StateId state;
  JumpId jump;
  bool split = false;              ///< no one state has a whole composite item: its parts have providers of their own
  std::vector<StateId> providers;  ///< for each of items_of()
  uint32_t fetches = 0;            ///< entity fetches it needs in total, its own included
  uint32_t depth = 0;              ///< longest chain of them
  /// Which derivations of the same list it needs, transitively, and itself at the end; and the fetches that are left to
  /// it when those are made.
  std::vector<uint32_t> closure;
  uint32_t own_fetches = 0;
};

struct Model {
  FieldSets sets;
  IdVector<StateId, State> states;
  IdVector<EdgeId, Edge> edges;
  IdVector<JumpId, Jump> jumps;
  std::vector<std::vector<JumpId>> jumps_into;       ///< by TypeId: shared by all sources
  std::vector<std::vector<StateId>> states_of_type;  ///< by TypeId
  /// For each object state: what can be opened when it is open, cheapest first. Excludes the state itself.
  IdVector<StateId, std::vector<Derivation>> reach;
  std::vector<StateId> query_roots, mutation_roots;

  /// The edge of `state` for `field`, or an invalid id.
  EdgeId find_edge(StateId state, FieldId field) const;
  /// The state of an object of type `type` where `state` is open; invalid when such an object cannot occur there.
  StateId cast(StateId state, TypeId type) const;
};

}  // namespace signet::federation
