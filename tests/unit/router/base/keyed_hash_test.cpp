#include "router/base/keyed_hash.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace signet {
namespace {

// Spec: the reference vectors of SipHash-128 (key 00 01 .. 0f, messages of 0 and 1 bytes).
TEST(KeyedHash, ReferenceVectors) {
  const HashKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  EXPECT_EQ(keyed_hash("", key), (Hash128{0xe6a825ba047f81a3, 0x930255c71472f66d}));
  EXPECT_EQ(keyed_hash(std::string_view(), key), keyed_hash("", key));
  EXPECT_EQ(keyed_hash(std::string_view("\0", 1), key), (Hash128{0x44af996bd8c187da, 0x45fc229b11597634}));
}

TEST(KeyedHash, DependsOnEveryByteAndTheKey) {
  const HashKey key{1, 2};
  std::string text(40, 'x');
  const Hash128 base = keyed_hash(text, key);
  for (char& c : text) {
    c ^= 1;
    EXPECT_NE(keyed_hash(text, key), base);
    c ^= 1;
  }
  EXPECT_NE(keyed_hash(text, HashKey{1, 3}), base);
}

TEST(BriefKeyedHash, DependsOnEveryByteTheLengthAndTheKey) {
  const HashKey key{1, 2};
  for (size_t size = 1; size <= 40; ++size) {
    std::string text(size, 'x');
    const uint64_t base = brief_keyed_hash(text, key);
    for (char& c : text) {
      c ^= 1;
      EXPECT_NE(brief_keyed_hash(text, key), base) << size;
      c ^= 1;
    }
    EXPECT_NE(brief_keyed_hash(text + '\0', key), base) << size;
    EXPECT_NE(brief_keyed_hash(text, HashKey{1, 4}), base) << size;
    EXPECT_NE(brief_keyed_hash(text, HashKey{3, 2}), base) << size;
  }
  EXPECT_EQ(brief_keyed_hash(std::string_view(), key), brief_keyed_hash("", key));
}

// Tables use the low bits: numbers in a row must not crowd there.
TEST(BriefKeyedHash, SpreadsNumbersInARow) {
  constexpr size_t kKeys = 1024;
  std::vector<int> places(2 * kKeys);
  for (size_t i = 0; i < kKeys; ++i) {
    const std::string key = R"({"__typename":"Product","upc":")" + std::to_string(i) + "\"}";
    ++places[brief_keyed_hash(key) % places.size()];
  }
  EXPECT_LE(*std::ranges::max_element(places), 10);
}

}  // namespace
}  // namespace signet
