#include "router/http/media_type.hpp"

#include <gtest/gtest.h>

namespace signet::http {
namespace {

std::string essence_of(std::vector<std::string_view> lines) {
  Headers headers;
  for (std::string_view line : lines) headers.add("Content-Type", line);
  const auto type = content_type(headers);
  if (type) return type->essence() + (type->utf8() ? "" : " (other charset)");
  switch (type.error()) {
    case ContentTypeProblem::absent:
      return "absent";
    case ContentTypeProblem::repeated:
      return "repeated";
    case ContentTypeProblem::malformed:
      break;
  }
  return "malformed";
}

TEST(ContentType, AsClientsSendIt) {  // field-reports no. 8
  EXPECT_EQ(essence_of({"application/json"}), "application/json");
  EXPECT_EQ(essence_of({"Application/JSON;charset=UTF-8"}), "application/json");
  EXPECT_EQ(essence_of({"application/json ; charset=\"utf-8\""}), "application/json");
  EXPECT_EQ(essence_of({"application/json;charset=utf-16"}), "application/json (other charset)");
  EXPECT_EQ(essence_of({"text/plain"}), "text/plain");
  EXPECT_EQ(essence_of({"text/plain;application/json"}), "malformed");
  EXPECT_EQ(essence_of({"text/plain; x=application/json"}), "malformed");
  EXPECT_EQ(essence_of({"text/plain, application/json"}), "malformed");
  EXPECT_EQ(essence_of({"text/plain", "application/json"}), "repeated");
  EXPECT_EQ(essence_of({"multipart/form-data; boundary=x"}), "multipart/form-data");
  EXPECT_EQ(essence_of({"MULTIPART/FORM-DATA;boundary=\"x\""}), "multipart/form-data");
  EXPECT_EQ(essence_of({}), "absent");
  EXPECT_EQ(essence_of({"garbage"}), "malformed");
  EXPECT_EQ(essence_of({"application/jsonx"}), "application/jsonx");
  EXPECT_EQ(essence_of({"application/json+x"}), "application/json+x");
  EXPECT_EQ(essence_of({"application/*"}), "malformed");
  EXPECT_EQ(essence_of({""}), "malformed");
  EXPECT_EQ(essence_of({"application/json;charset=utf-8;charset=utf-16"}), "malformed");
  EXPECT_EQ(essence_of({"application/json;a=\"unclosed"}), "malformed");
  EXPECT_EQ(essence_of({"application/json;"}), "application/json");
}

TEST(MediaType, Parameters) {
  const auto type = parse_media_type(R"(multipart/mixed; Boundary="a\"b;,c"; x=y)");
  ASSERT_TRUE(type);
  EXPECT_EQ(*type->parameter("boundary"), "a\"b;,c");
  EXPECT_EQ(*type->parameter("x"), "y");
  EXPECT_EQ(type->parameter("z"), nullptr);
}

TEST(SplitList, QuotesHideCommas) {
  EXPECT_EQ(split_list(R"( a ,, "b,c" ;x="\"," , )", 9), (std::vector<std::string_view>{"a", R"("b,c" ;x="\",")"}));
  EXPECT_EQ(split_list("", 1), std::vector<std::string_view>{});
  EXPECT_FALSE(split_list("\"a", 9));
  EXPECT_FALSE(split_list("\"a\\", 9));
  EXPECT_FALSE(split_list("a,b", 1));
}

}  // namespace
}  // namespace signet::http
