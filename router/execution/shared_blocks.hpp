// SharedBlocks: equal objects of one answer are kept once.
//
// Answers repeat objects, lists of entities above all. Objects of one shape whose leaves have the same bytes and whose
// objects are the same blocks can stand for each other: whatever is asked for one of them, and whatever is written, is
// so for all. That holds for what lands in its position from one shape only: all that is linked to it follows from it.
// Entities themselves stay apart, since equal fields do not make them the same, and so do objects with a null
// somewhere, because an error may turn out to be about one of them only.
#pragma once

#include <cstdint>
#include <vector>

#include "router/execution/store.hpp"

namespace signet::execution {

/// Lifetime: that of reading one answer for one fetch.
/// Cost: one hash over the object's leaves; given up for shapes that turn out not to repeat.
class SharedBlocks {
 public:
  SharedBlocks(const Plan& plan, Store& store);

  /// How much is in the store: what read_object() adds can be taken back.
  struct Mark {
    size_t blocks, slots, links, lists, items;
  };
  Mark mark() const;

  /// The block that stands for `block`, which was read last: itself, or an equal one that was there before. Then
  /// everything since `mark` is taken out of the store again.
  uint32_t share(uint32_t block, const Mark& mark);

 private:
  struct Habit {
    uint32_t objects = 0, repeated = 0;
  };
  struct Entry {
    uint64_t hash = 0;
    uint32_t block = kNone;
  };

  bool hash(uint32_t block, uint64_t& hash) const;
  bool hash_value(const StoredValue& value, uint64_t& hash) const;
  bool equal(uint32_t a, uint32_t b) const;
  bool equal_values(const StoredValue& a, const StoredValue& b) const;
  void grow();

  const Plan& plan_;
  Store& store_;
  std::vector<Habit> habits_;   ///< by ShapeId
  std::vector<Entry> entries_;  ///< a power of two, open addressing
  size_t used_ = 0;
};

}  // namespace signet::execution
