#include "router/execution/cursor.hpp"

namespace signet::execution {

using federation::Position;
using federation::Shape;
using federation::ShapeKind;

ValueKind ValueCursor::kind() const {
  ValueKind best = ValueKind::absent;
  for (const StoredValue& value : values) {
    if (value.kind > best) best = value.kind;
  }
  return best;
}

uint32_t ValueCursor::size(const Store& store) const {
  for (const StoredValue& value : values) {
    if (value.kind == ValueKind::list) return store.lists[value.index()].count;
  }
  return 0;
}

ValueCursor ValueCursor::item(const Store& store, uint32_t index) const {
  ValueCursor result{.position = position, .values = InlineVector<StoredValue, 3>(values.size())};
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].kind != ValueKind::list) continue;
    const List& list = store.lists[values[i].index()];
    if (index < list.count) result.values[i] = store.items[list.first + index];
  }
  return result;
}

ObjectCursor Cursors::root() const {
  const Position& position = plan_.positions[plan_.root()];
  ObjectCursor cursor{.position = plan_.root(),
                      .type_case = position.cases.front(),
                      .blocks = InlineVector<uint32_t, 6>(position.shapes.size(), kNone)};
  for (size_t i = 0; i < position.shapes.size(); ++i) {
    const Shape& shape = plan_.shapes[position.shapes[i]];
    if (shape.kind != ShapeKind::root || store_.results[shape.fetch].empty()) continue;
    const StoredValue& data = store_.results[shape.fetch].front();
    if (data.kind == ValueKind::object) cursor.blocks[i] = data.index();
  }
  return cursor;
}

ValueCursor Cursors::child(ObjectView parent, PositionId child) const {
  const Position& position = plan_.positions[child];
  ValueCursor result{.position = child, .values = InlineVector<StoredValue, 3>(position.landed)};
  for (size_t i = 0; i < result.values.size(); ++i) {
    const Shape& shape = plan_.shapes[position.shapes[i]];
    const uint32_t block = parent.blocks[shape.parent_index];
    if (block != kNone) result.values[i] = store_.slot(block, shape.parent_slot);
  }
  return result;
}

ObjectCursor Cursors::object(const ValueCursor& value) const {
  const Position& position = plan_.positions[value.position];
  ObjectCursor cursor{
      .position = value.position, .type_case = {}, .blocks = InlineVector<uint32_t, 6>(position.shapes.size(), kNone)};
  for (size_t i = 0; i < value.values.size(); ++i) {
    if (value.values[i].kind != ValueKind::object) continue;
    const uint32_t block = value.values[i].index();
    if (!cursor.type_case) cursor.type_case = store_.blocks[block].type_case;
    // Subgraphs that disagree about what an object is: the first one is believed.
    if (cursor.type_case == store_.blocks[block].type_case) cursor.blocks[i] = block;
  }
  link(cursor);
  return cursor;
}

ObjectCursor Cursors::object(PositionId position, uint32_t block) const {
  const size_t shapes = plan_.positions[position].shapes.size();
  ObjectCursor cursor{.position = position,
                      .type_case = store_.blocks[block].type_case,
                      .blocks = InlineVector<uint32_t, 6>(shapes, kNone)};
  cursor.blocks[0] = block;
  if (shapes > 1) link(cursor);
  return cursor;
}

void Cursors::link(ObjectCursor& cursor) const {
  const Position& position = plan_.positions[cursor.position];
  for (size_t i = position.landed; i < position.shapes.size(); ++i) {
    const Shape& shape = plan_.shapes[position.shapes[i]];
    if (shape.type_case != cursor.type_case) continue;
    cursor.blocks[i] = linked(shape, cursor.blocks[shape.parent_index]);
  }
}

uint32_t Cursors::linked(const Shape& shape, uint32_t anchor) const {
  if (anchor == kNone) return kNone;
  const uint32_t number = store_.link(anchor, shape.link);
  const std::vector<StoredValue>& results = store_.results[shape.fetch];
  return number < results.size() && results[number].kind == ValueKind::object ? results[number].index() : kNone;
}

uint32_t Cursors::block_of(const Shape& shape, uint32_t block) const {
  if (shape.kind != ShapeKind::linked) return block;
  if (shape.type_case != store_.blocks[block].type_case) return kNone;
  return linked(shape, block_of(plan_.shapes[shape.parent], block));
}

bool Cursors::each_is_one_block(PositionId position) const {
  PositionId at = position;
  while (plan_.positions[at].parent && plan_.positions[at].landed == 1) {
    at = plan_.cases[plan_.positions[at].parent].position;
  }
  return at != position && !plan_.positions[at].parent;
}

/// Descends from the root along the positions that lead to one.
class Cursors::Walk {
 public:
  Walk(const Cursors& cursors, PositionId target, FunctionRef<bool(const ObjectCursor&, const Path&)> visit)
      : cursors_(cursors), visit_(visit) {
    for (PositionId at = target; cursors.plan_.positions[at].parent;) {
      chain_.push_back(at);
      at = cursors.plan_.cases[cursors.plan_.positions[at].parent].position;
    }
  }

  bool run() {
    object(cursors_.root(), chain_.size());
    return cursors_.store_.walked <= kWalkObjectsMax;
  }

 private:
  bool object(const ObjectCursor& cursor, size_t remaining) {
    if (++cursors_.store_.walked > kWalkObjectsMax) return false;
    if (remaining == 0) return visit_(cursor, path_);
    const PositionId next = chain_[remaining - 1];
    const Position& position = cursors_.plan_.positions[next];
    if (position.parent != cursor.type_case) return true;
    path_.push_back(PathElement::field(position.response_key));
    const bool go_on = value(cursors_.child(cursor, next), remaining - 1);
    path_.pop_back();
    return go_on;
  }

  bool value(const ValueCursor& cursor, size_t remaining) {
    const ValueKind kind = cursor.kind();
    if (kind == ValueKind::object) return object(cursors_.object(cursor), remaining);
    if (kind != ValueKind::list) return true;
    const uint32_t size = cursor.size(cursors_.store_);
    for (uint32_t i = 0; i < size; ++i) {
      path_.push_back({.key = {}, .index = i});
      const bool go_on = value(cursor.item(cursors_.store_, i), remaining);
      path_.pop_back();
      if (!go_on) return false;
    }
    return true;
  }

  const Cursors& cursors_;
  FunctionRef<bool(const ObjectCursor&, const Path&)> visit_;
  std::vector<PositionId> chain_;  ///< target first
  Path path_;
};

bool Cursors::each_object(PositionId position, FunctionRef<bool(const ObjectCursor&, const Path&)> visit) const {
  return Walk(*this, position, visit).run();
}

}  // namespace signet::execution
