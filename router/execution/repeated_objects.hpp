// RepeatedObjects: objects of one answer that are written with the same bytes are read once.
//
// Answers repeat objects, with everything below them, wherever lists of entities lead to the same ones. Where that can
// be told, the repeated text is skipped, and one block stands at all of its places: whatever is asked for it, and
// whatever is written, is so for all. That holds for what lands in its position from one shape only, because all that
// is linked to it follows from it. Entities themselves stay apart, since equal fields do not make them the same, and so
// does what holds a null, because an error may turn out to be about one of its places only.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "router/execution/store.hpp"

namespace signet::execution {

/// Lifetime: that of reading one answer.
/// Cost: a look at the first bytes of an object; nothing is looked for further than in one place.
class RepeatedObjects {
 public:
  /// Where an object is looked for, and kept.
  struct Place {
    ShapeId shape;
    uint32_t offset = 0;  ///< of the text
    uint32_t length = 0;
    uint32_t block = kNone;  ///< kNone: nothing is kept here
  };

  /// For an answer of `text_bytes`; `room` is nobody else's meanwhile.
  RepeatedObjects(size_t text_bytes, std::vector<Place>& room);

  /// False when so few objects were repeated so far that looking for more is not worth it.
  bool worth_it() const { return misses_ <= kMissesMin + kMissesPerHit * hits_; }
  /// The place for an object of `shape`, which must be sole; its text is at the beginning of `rest`.
  Place& place(ShapeId shape, std::string_view rest);
  /// Whether what `place` keeps is such an object, with the same text. Both texts are parts of `text`.
  bool knows(const Place& place, ShapeId shape, std::string_view text, std::string_view rest);

 private:
  static constexpr unsigned kPlaceBitsMax = 9;
  static constexpr uint64_t kMissesMin = 1'000;
  static constexpr uint64_t kMissesPerHit = 10;

  unsigned place_bits_;
  std::vector<Place>& places_;
  uint64_t hits_ = 0;
  uint64_t misses_ = 0;
};

}  // namespace signet::execution
