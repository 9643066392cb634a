#include "router/execution/repeated_objects.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace signet::execution {

namespace {

constexpr size_t kObjectBytes = 64;
constexpr size_t kLookedAt = 32;  ///< bytes that tell objects apart, most of the time

}  // namespace

bool RepeatedObjects::shareable(const Plan& plan, ShapeId shape) {
  const federation::Shape& known = plan.shapes[shape];
  return known.kind == federation::ShapeKind::landed && plan.positions[known.position].landed == 1;
}

// A place for each object of an ordinary size, within bounds.
RepeatedObjects::RepeatedObjects(size_t text_bytes)
    : place_bits_(std::clamp(static_cast<unsigned>(std::bit_width(text_bytes / kObjectBytes)), 1u, kPlaceBitsMax)),
      places_(size_t{1} << place_bits_) {}

/// By the first bytes, up to where a short object ends.
size_t RepeatedObjects::place_of(ShapeId shape, std::string_view rest) const {
  rest = rest.substr(0, kLookedAt);
  rest = rest.substr(0, std::min(rest.size(), rest.find('}')));
  std::array<uint64_t, kLookedAt / 8> words{};
  std::memcpy(words.data(), rest.data(), rest.size());
  uint64_t hash = shape.value();
  for (uint64_t word : words) hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
  return hash >> (64 - place_bits_);
}

RepeatedObjects::Known RepeatedObjects::find(ShapeId shape, std::string_view text, std::string_view rest) {
  const Place& place = places_[place_of(shape, rest)];
  const bool same = place.known.block != kNone && place.shape == shape && place.known.length <= rest.size() &&
                    text.substr(place.offset, place.known.length) == rest.substr(0, place.known.length);
  ++(same ? hits_ : misses_);
  return same ? place.known : Known();
}

void RepeatedObjects::remember(ShapeId shape, std::string_view text, size_t offset, size_t length, uint32_t block) {
  places_[place_of(shape, text.substr(offset))] = {.shape = shape,
                                                   .offset = static_cast<uint32_t>(offset),
                                                   .known = {.block = block, .length = static_cast<uint32_t>(length)}};
}

}  // namespace signet::execution
