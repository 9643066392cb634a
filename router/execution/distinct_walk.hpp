// DistinctWalk: the objects at one position, each once, however many places of the answer it stands at. For work that
// is done for an object, not for a place: representations.
#pragma once

#include "router/base/function_ref.hpp"
#include "router/execution/cursor.hpp"

namespace signet::execution {

class DistinctWalk {
 public:
  DistinctWalk(const Plan& plan, const Store& store, PositionId target);

  /// Calls `visit` for every object that has arrived, in the order of its first places. False when it gave up because
  /// of kWalkObjectsMax.
  bool each(FunctionRef<void(const ObjectCursor&)> visit);

 private:
  /// A position on the way, below the root.
  struct Step {
    PositionId position;
    CaseId parent_case;
    const federation::Shape* landed = nullptr;  ///< the only shape that lands there
    const federation::Shape* source = nullptr;  ///< at the position before: where it lands from
  };

  void object(size_t depth, uint32_t block);
  void value(size_t depth, const StoredValue& value);
  uint32_t block_of(const federation::Shape& shape, uint32_t landed) const;

  const Plan& plan_;
  const Store& store_;
  Cursors cursors_;
  PositionId target_;
  std::vector<Step> steps_;  ///< from the root on
  bool simple_ = true;       ///< one shape lands at each step; else objects are visited at every place
  std::vector<bool> seen_;   ///< by block
  const FunctionRef<void(const ObjectCursor&)>* visit_ = nullptr;
};

}  // namespace signet::execution
