#include "router/base/short_bytes.hpp"

#include <gtest/gtest.h>
#include <string>

namespace signet {
namespace {

constexpr size_t kSizeMax = 200;  // beyond every step
constexpr size_t kMargin = 64;

// Bytes of which no two neighbours are alike.
std::string pattern(size_t size) {
  std::string bytes(size, 0);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(1 + i % 251);
  return bytes;
}

TEST(ShortBytes, CopiesJustThese) {
  const std::string from = pattern(kSizeMax);
  for (size_t size = 0; size <= kSizeMax; ++size) {
    std::string to(kMargin + size + kMargin, '#');
    copy_bytes(to.data() + kMargin, from.data(), size);
    EXPECT_EQ(to, std::string(kMargin, '#') + from.substr(0, size) + std::string(kMargin, '#')) << size;
  }
}

TEST(ShortBytes, ClearsJustThese) {
  for (size_t size = 0; size <= kSizeMax; ++size) {
    std::string bytes = pattern(kMargin + size + kMargin);
    std::string expected = bytes;
    expected.replace(kMargin, size, size, '\0');
    clear_bytes(bytes.data() + kMargin, size);
    EXPECT_EQ(bytes, expected) << size;
  }
}

TEST(ShortBytes, ComparesEachByte) {
  for (size_t size = 0; size <= kSizeMax; ++size) {
    const std::string text = pattern(size);
    EXPECT_TRUE(same_bytes((text + "more").data(), text)) << size;
    for (size_t i = 0; i < size; ++i) {
      std::string other = text;
      other[i] ^= 0x40;
      EXPECT_FALSE(same_bytes(other.data(), text)) << size << " at " << i;
    }
  }
}

}  // namespace
}  // namespace signet
