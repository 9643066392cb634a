#include "router/base/utf8.hpp"

#include <gtest/gtest.h>

namespace signet {
namespace {

// Spec: RFC 3629 §3 and §4.
TEST(Utf8, AcceptsWellFormed) {
  for (std::string_view good : {"", "ascii", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                                "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
}

TEST(Utf8, RefusesIllFormed) {
  for (std::string_view bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
                               "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xC3"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(Utf8, EveryScalarValueRoundTrips) {
  for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point += 7) {
    if (code_point >= 0xD800 && code_point <= 0xDFFF) continue;
    std::string text;
    append_utf8(text, code_point);
    ASSERT_TRUE(is_utf8(text)) << code_point;
  }
}

TEST(Utf8, ShortenedTextIsCutBetweenCodePoints) {
  EXPECT_EQ(shortened("as it is", 8), "as it is");
  EXPECT_EQ(shortened("one too many", 11), "one too …");
  EXPECT_EQ(shortened("ääääää", 10), "äää…");
  EXPECT_EQ(shortened("äöü", 3), "…");
}

}  // namespace
}  // namespace signet
