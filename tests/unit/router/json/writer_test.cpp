#include "router/json/writer.hpp"

#include <gtest/gtest.h>

#include "router/json/document.hpp"

namespace signet::json {
namespace {

TEST(JsonWriter, PlacesCommas) {
  std::string out;
  Writer(out)
      .begin_object()
      .key("a")
      .value(1)
      .key("b")
      .begin_array()
      .value("x")
      .null()
      .value(true)
      .begin_object()
      .end_object()
      .end_array()
      .key("c")
      .raw("1.0")
      .end_object();
  EXPECT_EQ(out, R"({"a":1,"b":["x",null,true,{}],"c":1.0})");
}

TEST(JsonWriter, EveryByteSurvivesARoundTrip) {
  std::string text;
  for (int c = 0; c < 0x80; ++c) text.push_back(static_cast<char>(c));
  text += "é😀";
  std::string out;
  append_string(out, text);
  auto document = Document::parse(out);
  ASSERT_TRUE(document) << out;
  EXPECT_EQ(document->string(document->root()), text);
}

}  // namespace
}  // namespace signet::json
