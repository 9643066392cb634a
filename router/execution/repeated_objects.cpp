#include "router/execution/repeated_objects.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace signet::execution {

namespace {

constexpr size_t kObjectBytes = 64;
constexpr size_t kLookedAt = 32;  ///< bytes that tell objects apart, most of the time

/// The lowest bit that is set is the highest of the first byte that is `c`.
uint64_t bytes_equal(uint64_t word, uint8_t c) {
  constexpr uint64_t kOnes = 0x0101'0101'0101'0101;
  const uint64_t zero_where_equal = word ^ (kOnes * c);
  return (zero_where_equal - kOnes) & ~zero_where_equal & (kOnes << 7);
}

}  // namespace

// A place for each object of an ordinary size, within bounds.
RepeatedObjects::RepeatedObjects(size_t text_bytes, std::vector<Place>& room)
    : place_bits_(std::clamp(static_cast<unsigned>(std::bit_width(text_bytes / kObjectBytes)), 1u, kPlaceBitsMax)),
      places_(room) {
  places_.assign(size_t{1} << place_bits_, {});
}

/// By the first bytes, up to where a short object ends.
RepeatedObjects::Place& RepeatedObjects::place(ShapeId shape, std::string_view rest) {
  std::array<uint64_t, kLookedAt / 8> words{};
  if (rest.size() >= kLookedAt) {
    std::memcpy(words.data(), rest.data(), kLookedAt);
  } else {
    std::memcpy(words.data(), rest.data(), rest.size());
  }
  uint64_t hash = shape.value();
  for (uint64_t word : words) {
    const uint64_t end = bytes_equal(word, '}');
    hash = (hash ^ (end == 0 ? word : word & (end ^ (end - 1)))) * 0x9E3779B97F4A7C15ULL;
    if (end != 0) break;
  }
  return places_[hash >> (64 - place_bits_)];
}

bool RepeatedObjects::knows(const Place& place, ShapeId shape, std::string_view text, std::string_view rest) {
  const bool same = place.block != kNone && place.shape == shape && place.length <= rest.size() &&
                    std::memcmp(text.data() + place.offset, rest.data(), place.length) == 0;
  ++(same ? hits_ : misses_);
  return same;
}

}  // namespace signet::execution
