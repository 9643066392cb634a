#include "router/http/message.hpp"

#include <gtest/gtest.h>

#include "router/http/one_shot.hpp"

namespace signet::http {
namespace {

TEST(Headers, NamesIgnoreCaseAndOrderStays) {
  Headers headers;
  headers.add("X-A", "1");
  headers.add("x-b", "2");
  headers.add("x-a", "3");
  EXPECT_EQ(headers.get("X-a"), "1");
  EXPECT_EQ(headers.count("x-A"), 2u);
  EXPECT_EQ(headers.joined("x-a"), "1, 3");
  headers.set("X-A", "4");
  EXPECT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers.joined("x-a"), "4");
  headers.remove("X-B");
  EXPECT_FALSE(headers.contains("x-b"));
  EXPECT_EQ(headers.get("x-b"), "");
}

TEST(Headers, ValuesMayBeViewsOfThemselves) {
  Headers headers;
  headers.add("x-a", std::string(100, 'v'));
  for (int i = 0; i < 5; ++i) headers.add("x-b", headers.get("x-a"));
  headers.set("x-a", headers.get("x-b"));
  EXPECT_EQ(headers.size(), 6u);
  for (const auto& [name, value] : headers) EXPECT_EQ(value, std::string(100, 'v'));
}

TEST(Headers, OneFieldCannotCarryAnother) {
  using namespace std::string_view_literals;
  Headers headers;
  headers.add("x-a", "1\r\nx-evil: 2\0\n"sv);
  headers.add("x-b\r\nx-evil", "3");
  headers.add("x:y", "4");
  headers.add("", "5");
  headers.add("x-c", "");
  EXPECT_EQ(headers.lines(), "x-a: 1  x-evil: 2  \r\nx-c: \r\n");
  EXPECT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers.get("x-c"), "");
  EXPECT_TRUE(headers.contains("x-c"));
}

TEST(Headers, CaseFoldingIsAsciiOnly) {
  EXPECT_TRUE(equals_ignoring_case("Content-TYPE", "content-type"));
  EXPECT_FALSE(equals_ignoring_case("@", "`"));
  EXPECT_FALSE(equals_ignoring_case("[", "{"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
}

TEST(Collect, GathersOrRefuses) {
  std::optional<Outcome> outcome;
  Collect small(4, [&](Outcome result) { outcome = std::move(result); });
  small.head(200, {});
  small.piece("ab");
  small.piece("cd");
  small.end();
  ASSERT_TRUE(outcome && *outcome);
  EXPECT_EQ((*outcome)->body, "abcd");
  Collect large(4, [&](Outcome result) { outcome = std::move(result); });
  large.head(200, {});
  large.piece("abcde");
  large.piece("f");
  large.end();
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().error, TransportError::too_large);
}

TEST(Message, Texts) {
  EXPECT_EQ(reason(404), "Not Found");
  EXPECT_EQ(reason(599), "Unknown");
  EXPECT_EQ(to_text(Method::delete_), "DELETE");
}

}  // namespace
}  // namespace signet::http
