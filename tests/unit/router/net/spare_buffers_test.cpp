#include "router/net/spare_buffers.hpp"

#include <gtest/gtest.h>

namespace signet::net {
namespace {

std::string text_of(size_t bytes) {
  return std::string(bytes, 'x');
}

TEST(SpareBuffers, GiveTheRoomThatWasUsedLast) {
  SpareBuffers spare;
  EXPECT_EQ(spare.take(), "");
  std::string first = text_of(10'000), second = text_of(20'000);
  const char* const last = second.data();
  spare.give(std::move(first));
  spare.give(std::move(second));
  const std::string taken = spare.take();
  EXPECT_EQ(taken, "");  // nobody's answer is left in it
  EXPECT_EQ(taken.data(), last);
  EXPECT_GE(taken.capacity(), 20'000u);
  EXPECT_GE(spare.take().capacity(), 10'000u);
  EXPECT_EQ(spare.take().capacity(), std::string().capacity());
}

TEST(SpareBuffers, KeepFewOfOrdinarySizes) {
  SpareBuffers spare;
  spare.give(text_of(100));
  spare.give(text_of(SpareBuffers::kBufferBytesMax + 1));
  EXPECT_LT(spare.take().capacity(), 100u);
  for (size_t i = 0; i < 2 * SpareBuffers::kBuffersMax; ++i) spare.give(text_of(10'000));
  size_t kept = 0;
  while (spare.take().capacity() >= 10'000) ++kept;
  EXPECT_EQ(kept, SpareBuffers::kBuffersMax);
}

}  // namespace
}  // namespace signet::net
