#include "router/execution/repeated_objects.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace signet::execution {

namespace {

constexpr size_t kObjectBytes = 64;
constexpr size_t kWords = 4;  ///< of bytes that tell objects apart, most of the time
using Words = std::array<uint64_t, kWords>;

/// The lowest bit that is set is the highest of the first byte that is `c`.
uint64_t bytes_equal(uint64_t word, uint8_t c) {
  constexpr uint64_t kOnes = 0x0101'0101'0101'0101;
  const uint64_t zero_where_equal = word ^ (kOnes * c);
  return (zero_where_equal - kOnes) & ~zero_where_equal & (kOnes << 7);
}

/// Takes what is behind the first byte for which `ends` has a bit off `words`.
void cut_behind(Words& words, const Words& ends) {
  uint64_t kept = ~uint64_t{0};  // of the next word
  for (size_t i = 0; i < kWords; ++i) {
    words[i] &= kept & (ends[i] ^ (ends[i] - 1));  // all of it where nothing ends
    if (ends[i] != 0) kept = 0;
  }
}

uint64_t hash_of(uint64_t seed, const Words& words) {
  constexpr uint64_t kOdd = 0x9E37'79B9'7F4A'7C15;
  const uint64_t front = (words[0] ^ seed) * kOdd ^ words[1];
  const uint64_t back = words[2] * kOdd ^ words[3];
  return ((front ^ front >> 32) * kOdd + back) * kOdd;
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
  Words words{}, ends{};
  if (rest.size() >= sizeof words) {
    std::memcpy(words.data(), rest.data(), sizeof words);  // by far the most: no call for a size known here
  } else {
    std::memcpy(words.data(), rest.data(), rest.size());
  }
  uint64_t any = 0;
  for (size_t i = 0; i < kWords; ++i) any |= ends[i] = bytes_equal(words[i], '}');
  if (any != 0) cut_behind(words, ends);
  return places_[hash_of(shape.value(), words) >> (64 - place_bits_)];
}

bool RepeatedObjects::knows(const Place& place, ShapeId shape, std::string_view text, std::string_view rest) {
  const bool same = place.block != kNone && place.shape == shape && place.length <= rest.size() &&
                    std::memcmp(text.data() + place.offset, rest.data(), place.length) == 0;
  ++(same ? hits_ : misses_);
  return same;
}

}  // namespace signet::execution
