#include "router/json/document.hpp"

#include <gtest/gtest.h>

namespace signet::json {
namespace {

TEST(JsonDocument, KeepsNumbersAsText) {
  auto document = Document::parse(R"({"a":1.0,"b":-0,"c":12345678901234567890123,"d":1e400})");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->raw(document->find(document->root(), "a")), "1.0");
  EXPECT_EQ(document->raw(document->find(document->root(), "b")), "-0");
  EXPECT_EQ(document->raw(document->find(document->root(), "c")), "12345678901234567890123");
  EXPECT_EQ(document->raw(document->find(document->root(), "d")), "1e400");
  EXPECT_FALSE(document->integer(document->find(document->root(), "c")));
}

TEST(JsonDocument, WalksContainers) {
  auto document = Document::parse(R"( {"list":[1,[],{"x":{}},"s"],"next":true} )");
  ASSERT_TRUE(document);
  const NodeId list = document->find(document->root(), "list");
  EXPECT_EQ(document->size(document->root()), 2u);
  EXPECT_EQ(document->size(list), 4u);
  EXPECT_EQ(document->raw(list), R"([1,[],{"x":{}},"s"])");
  std::vector<std::string> raws;
  for (NodeId item : document->items(list)) raws.emplace_back(document->raw(item));
  EXPECT_EQ(raws, (std::vector<std::string>{"1", "[]", R"({"x":{}})", "\"s\""}));
  EXPECT_TRUE(document->boolean(document->find(document->root(), "next")));
}

TEST(JsonDocument, UnescapesStrings) {
  auto document = Document::parse(R"(["a\"\\\/\b\f\n\r\t\u0041\uD83D\uDE00é", "\u006b"])");
  ASSERT_TRUE(document);
  std::vector<std::string> strings;
  for (NodeId item : document->items(document->root())) strings.push_back(document->string(item));
  EXPECT_EQ(strings[0], "a\"\\/\b\f\n\r\tA\xF0\x9F\x98\x80\xC3\xA9");
  EXPECT_TRUE(document->string_equals(NodeId(2), "k"));
}

// What simdjson's raw access lets pass (attacks-and-faults §0.5), and JSONTestSuite's classics.
TEST(JsonDocument, RefusesEverythingThatIsNotJson) {
  for (std::string_view bad : {R"({"a":1,,"b":2})",
                               R"({"a":tru})",
                               R"({"a":01})",
                               R"({"a":NaN})",
                               R"({"a":[1}})",
                               R"({} trailing)",
                               "",
                               " ",
                               "[1,]",
                               "{,}",
                               R"({"a"})",
                               R"({"a":})",
                               R"({a:1})",
                               "[1 2]",
                               "nul",
                               "truefalse",
                               "+1",
                               "1.",
                               ".5",
                               "1e",
                               "0x1",
                               "\"",
                               "\"\\x\"",
                               "\"\\u12\"",
                               "\"\\uD800\"",
                               "\"\\uD800\\u0041\"",
                               "\"\\uDC00\"",
                               "\"\n\"",
                               "[",
                               "]",
                               "{",
                               R"({"a":1 "b":2})",
                               "\xEF\xBB\xBF{}",
                               "\"\xFF\"",
                               "[1]]",
                               "'a'",
                               "// c\n1",
                               R"({"a":1,"a":2})",
                               R"({"a":1,"\u0061":2})"}) {
    EXPECT_FALSE(Document::parse(bad)) << bad;
  }
}

TEST(JsonDocument, DuplicateKeysByChoice) {
  auto document = Document::parse(R"({"a":1,"a":2})", {.refuse_duplicate_keys = false});
  ASSERT_TRUE(document);
  EXPECT_EQ(document->raw(document->find(document->root(), "a")), "2");
  std::string many = "{";
  for (int i = 0; i < 50; ++i) many += "\"k" + std::to_string(i) + "\":0,";
  EXPECT_TRUE(Document::parse(many + "\"z\":0}"));
  EXPECT_FALSE(Document::parse(many + "\"k49\":0}"));
}

TEST(JsonDocument, DepthIsALimitNotACrash) {
  EXPECT_TRUE(Document::parse(std::string(200, '[') + std::string(200, ']')));
  EXPECT_FALSE(Document::parse(std::string(201, '[') + std::string(201, ']')));
  EXPECT_FALSE(Document::parse(std::string(1'000'000, '[')));
}

TEST(JsonDocument, LoneScalars) {
  for (std::string_view good : {"1", " \"x\" ", "null", "true", "-1.5E+3"}) EXPECT_TRUE(Document::parse(good)) << good;
}

}  // namespace
}  // namespace signet::json
