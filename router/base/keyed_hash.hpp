// SipHash-2-4 with a 128-bit result, keyed with a secret of the process: for tables whose keys an attacker chooses.
//
// A hash is never an identity here: whoever finds an entry by it compares the bytes as well.
#pragma once

#include <cstdint>
#include <string_view>

namespace signet {

struct Hash128 {
  uint64_t low = 0;
  uint64_t high = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
};

struct HashKey {
  uint64_t k0 = 0;
  uint64_t k1 = 0;
};

/// The key of this process, drawn from the operating system at first use.
const HashKey& process_hash_key();

/// Spec: https://www.aumasson.jp/siphash/siphash.pdf, 128-bit variant.
Hash128 keyed_hash(std::string_view bytes, const HashKey& key = process_hash_key());

/// A hasher for unordered containers with text keys from outside.
struct KeyedStringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return keyed_hash(text).low; }
};

/// Quicker and weaker: for tables that live as long as one request, whose order and collisions nobody sees.
uint64_t brief_keyed_hash(std::string_view bytes, const HashKey& key = process_hash_key());

/// A hasher for such tables.
struct BriefKeyedStringHash {
  size_t operator()(std::string_view text) const { return brief_keyed_hash(text); }
};

}  // namespace signet
