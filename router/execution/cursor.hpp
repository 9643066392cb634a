// Cursors: one object, or one value, of a position as every open shape sees it.
#pragma once

#include "router/base/function_ref.hpp"
#include "router/execution/inline_vector.hpp"
#include "router/execution/path.hpp"
#include "router/execution/store.hpp"

namespace signet::execution {

/// In one execution: answers may have many more places than objects.
inline constexpr size_t kWalkObjectsMax = 2'000'000;

/// One object: for each shape of its position a block, or kNone where that shape does not have it.
struct ObjectCursor {
  PositionId position;
  CaseId type_case;  ///< invalid: no block says what it is
  InlineVector<uint32_t, 6> blocks;
};

/// An object that somebody else holds.
/// Lifetime: borrows the blocks.
struct ObjectView {
  ObjectView(CaseId of, const uint32_t* known) : type_case(of), blocks(known) {}
  ObjectView(const ObjectCursor& cursor)  // NOLINT(google-explicit-constructor): a view of what it says
      : type_case(cursor.type_case), blocks(cursor.blocks.data()) {}

  CaseId type_case;
  const uint32_t* blocks;  ///< for each shape of its position
};

/// One value: for each shape that lands at its position what arrived there.
struct ValueCursor {
  PositionId position;
  InlineVector<StoredValue, 3> values;

  /// What the value is: an object or list where any shape has one, else failed, null or absent, in this order.
  ValueKind kind() const;
  /// Length of the list: that of the first shape that has one.
  uint32_t size(const Store& store) const;
  ValueCursor item(const Store& store, uint32_t index) const;
};

class Cursors {
 public:
  Cursors(const Plan& plan, const Store& store) : plan_(plan), store_(store) {}

  ObjectCursor root() const;
  /// The value of the field that holds `child` of `parent`'s object.
  ValueCursor child(ObjectView parent, PositionId child) const;
  /// The object that `value` is; its kind must be object.
  ObjectCursor object(const ValueCursor& value) const;
  /// The object of `block`, of the only shape that lands at `position`.
  ObjectCursor object(PositionId position, uint32_t block) const;

  /// What `shape` has of the object that landed as `block`, at a position where one shape lands; kNone: nothing.
  uint32_t block_of(const federation::Shape& shape, uint32_t block) const;

  /// Calls `visit` for every object at `position` that has arrived, in the order of the answer, with its response path.
  /// `visit` returns false to stop. False when it gave up because of kWalkObjectsMax.
  bool each_object(PositionId position, FunctionRef<bool(const ObjectCursor&, const Path&)> visit) const;
  /// True when each object at `position` is, with all that is linked to it, the same at all of its places: one shape
  /// lands there, and on the way there. They are then the blocks of that shape.
  bool each_is_one_block(PositionId position) const;

 private:
  class Walk;
  void link(ObjectCursor& cursor) const;
  /// What the entity fetch of `shape` brought for the object that is `anchor` to it; kNone: nothing, or no anchor.
  uint32_t linked(const federation::Shape& shape, uint32_t anchor) const;

  const Plan& plan_;
  const Store& store_;
};

}  // namespace signet::execution
