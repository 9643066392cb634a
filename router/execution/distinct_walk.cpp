#include "router/execution/distinct_walk.hpp"

#include <algorithm>

namespace signet::execution {

using federation::Position;
using federation::Shape;
using federation::ShapeKind;

DistinctWalk::DistinctWalk(const Plan& plan, const Store& store, PositionId target)
    : plan_(plan), store_(store), cursors_(plan, store), target_(target) {
  for (PositionId at = target; plan.positions[at].parent;) {
    const Position& position = plan.positions[at];
    simple_ = simple_ && position.landed == 1;
    const Shape& landed = plan.shapes[position.shapes.front()];
    const Shape* source = landed.parent ? &plan.shapes[landed.parent] : nullptr;
    steps_.push_back({.position = at, .parent_case = position.parent, .landed = &landed, .source = source});
    at = plan.cases[position.parent].position;
  }
  std::ranges::reverse(steps_);
}

bool DistinctWalk::each(FunctionRef<void(const ObjectCursor&)> visit) {
  if (!simple_ || steps_.empty()) {
    return cursors_.each_object(target_, [&](const ObjectCursor& cursor, const Path&) {
      visit(cursor);
      return true;
    });
  }
  visit_ = &visit;
  seen_.assign(store_.blocks.size(), false);
  const ObjectCursor root = cursors_.root();
  const Step& first = steps_.front();
  const uint32_t block = root.blocks[first.landed->parent_index];
  if (block != kNone) value(0, store_.slot(block, first.landed->parent_slot));
  return store_.walked <= kWalkObjectsMax;
}

void DistinctWalk::value(size_t depth, const StoredValue& value) {
  if (value.kind == ValueKind::object) return object(depth, value.index);
  if (value.kind != ValueKind::list) return;
  const List list = store_.lists[value.index];
  for (uint32_t i = 0; i < list.count; ++i) this->value(depth, store_.items[list.first + i]);
}

void DistinctWalk::object(size_t depth, uint32_t block) {
  // What lands in one shape only is, with all that is linked to it, the same wherever it stands.
  if (seen_[block] || ++store_.walked > kWalkObjectsMax) return;
  seen_[block] = true;
  if (depth + 1 == steps_.size()) {
    return (*visit_)(cursors_.object(target_, block));
  }
  const Step& next = steps_[depth + 1];
  if (store_.blocks[block].type_case != next.parent_case) return;
  const uint32_t source = block_of(*next.source, block);
  if (source != kNone) value(depth + 1, store_.slot(source, next.landed->parent_slot));
}

/// The block of `shape` for the object that landed as `landed` at the same position.
uint32_t DistinctWalk::block_of(const Shape& shape, uint32_t landed) const {
  if (shape.kind != ShapeKind::linked) return landed;
  if (shape.type_case != store_.blocks[landed].type_case) return kNone;
  const uint32_t anchor = block_of(plan_.shapes[shape.parent], landed);
  if (anchor == kNone) return kNone;
  const uint32_t number = store_.link(anchor, shape.link);
  const std::vector<StoredValue>& results = store_.results[shape.fetch];
  return number < results.size() && results[number].kind == ValueKind::object ? results[number].index : kNone;
}

}  // namespace signet::execution
