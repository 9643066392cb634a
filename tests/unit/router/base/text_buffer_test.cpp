#include "router/base/text_buffer.hpp"

#include <gtest/gtest.h>
#include <string>

namespace signet {
namespace {

std::string letters(size_t size) {
  std::string text;
  for (size_t i = 0; i < size; ++i) text += static_cast<char>('a' + i % 26);
  return text;
}

TEST(ShortBytes, CopyEverySizeAndTouchNothingElse) {
  for (size_t size = 0; size <= 80; ++size) {
    const std::string from = letters(size);
    std::string to(size + 2, '#');
    copy_bytes(to.data() + 1, from.data(), size);
    EXPECT_EQ(to, '#' + from + '#');
  }
}

TEST(ShortBytes, TellEveryDifferingByte) {
  for (size_t size = 0; size <= 40; ++size) {
    const std::string text = letters(size);
    EXPECT_TRUE(same_bytes(text.data(), text));
    for (size_t i = 0; i < size; ++i) {
      std::string other = text;
      other[i] ^= 1;
      EXPECT_FALSE(same_bytes(other.data(), text)) << size << " bytes, byte " << i;
    }
  }
}

TEST(TextBuffer, WritesWhatAStringWould) {
  std::string text = "before:";
  std::string expected = text;
  {
    TextBuffer buffer(text);
    for (size_t size = 0; size < 200; ++size) {
      const std::string piece = letters(size);
      buffer.put(piece);
      buffer.put(',', piece);
      buffer.put(';');
      expected += piece + ',' + piece + ';';
    }
    EXPECT_EQ(buffer.size(), expected.size());
  }
  EXPECT_EQ(text, expected);
}

TEST(TextBuffer, RepeatsWhileItGrows) {
  std::string text;
  {
    TextBuffer buffer(text);
    buffer.put("0123456789");
    for (int i = 0; i < 12; ++i) buffer.repeat(0, buffer.size());
  }
  ASSERT_EQ(text.size(), 10u << 12);
  for (size_t i = 0; i < text.size(); ++i) ASSERT_EQ(text[i], static_cast<char>('0' + i % 10));
}

TEST(TextBuffer, CutsAndLetsOthersAppend) {
  std::string text;
  {
    TextBuffer buffer(text);
    buffer.put("abcdef");
    EXPECT_EQ(buffer.written(2, 3), "cde");
    buffer.cut(2);
    buffer.append_by([](std::string& out) {
      EXPECT_EQ(out, "ab");
      out += "XY";
    });
    buffer.put('z');
  }
  EXPECT_EQ(text, "abXYz");
}

}  // namespace
}  // namespace signet
