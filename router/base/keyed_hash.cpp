#include "router/base/keyed_hash.hpp"

#include <bit>
#include <cstdlib>
#include <cstring>
#include <sys/random.h>

namespace signet {
namespace {

struct SipState {
  uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  uint64_t fold() const { return v0 ^ v1 ^ v2 ^ v3; }
};

uint64_t load(const char* from, size_t bytes) {
  uint64_t word = 0;
  if (bytes > 0) std::memcpy(&word, from, bytes);  // an empty view may point nowhere
  return word;
}

}  // namespace

const HashKey& process_hash_key() {
  static const HashKey key = [] {
    HashKey drawn;
    if (getrandom(&drawn, sizeof drawn, 0) != static_cast<ssize_t>(sizeof drawn)) std::abort();
    return drawn;
  }();
  return key;
}

Hash128 keyed_hash(std::string_view bytes, const HashKey& key) {
  SipState state{key.k0 ^ 0x736f6d6570736575, key.k1 ^ 0x646f72616e646f6d ^ 0xee, key.k0 ^ 0x6c7967656e657261,
                 key.k1 ^ 0x7465646279746573};
  auto absorb = [&](uint64_t word) {
    state.v3 ^= word;
    state.round();
    state.round();
    state.v0 ^= word;
  };
  size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) absorb(load(bytes.data() + at, 8));
  absorb(load(bytes.data() + at, bytes.size() - at) | static_cast<uint64_t>(bytes.size()) << 56);
  Hash128 hash;
  state.v2 ^= 0xee;
  for (int i = 0; i < 4; ++i) state.round();
  hash.low = state.fold();
  state.v1 ^= 0xdd;
  for (int i = 0; i < 4; ++i) state.round();
  hash.high = state.fold();
  return hash;
}

uint64_t brief_keyed_hash(std::string_view bytes, const HashKey& key) {
  uint64_t state = key.k0 ^ bytes.size();
  const auto absorb = [&](uint64_t word) {
    __extension__ const auto product = static_cast<unsigned __int128>(state ^ word) * (key.k1 | 1);
    state = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64) ^ key.k0;
  };
  size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) absorb(load(bytes.data() + at, 8));
  absorb(load(bytes.data() + at, bytes.size() - at));
  absorb(key.k1);
  return state;
}

}  // namespace signet
