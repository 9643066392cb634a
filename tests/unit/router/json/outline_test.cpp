#include "router/json/outline.hpp"

#include <gtest/gtest.h>

namespace signet::json {
namespace {

Outline sample() {
  Outline root("list");
  root.fact("size", 2).fact("tags", std::vector<std::string>{"a", "b c", ""}).fact("none", std::vector<std::string>{});
  root.add("item").fact("name", "x\"y").add("sub").fact("text", "");
  root.add("item").fact("name", "plain");
  return root;
}

TEST(Outline, TextIsIndentedAndUnambiguous) {
  EXPECT_EQ(sample().print_text(),
            "list size=2 tags=a,\"b c\",\"\"\n"
            " item name=\"x\\\"y\"\n"
            "  sub text=\"\"\n"
            " item name=plain\n");
}

TEST(Outline, JsonSaysTheSame) {
  EXPECT_EQ(sample().print_json(),
            R"({"kind":"list","size":2,"tags":["a","b c",""],"none":[],"children":[{"kind":"item","name":"x\"y",)"
            R"("children":[{"kind":"sub","text":""}]},{"kind":"item","name":"plain"}]})");
}

}  // namespace
}  // namespace signet::json
