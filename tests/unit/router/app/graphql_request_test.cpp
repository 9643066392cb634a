#include "router/app/pipeline/graphql_request.hpp"

#include <gtest/gtest.h>

namespace signet::app {
namespace {

TEST(GraphqlRequest, Post) {
  const auto request = decode_post(
      R"({"query":"{a}","operationName":"Q","variables":{"x":1.0},"extensions":{"persistedQuery":{"sha256Hash":"ab"}},"other":1})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->query, "{a}");
  EXPECT_EQ(request->operation_name, "Q");
  EXPECT_EQ(request->variables, R"({"x":1.0})");
  EXPECT_EQ(request->persisted_id, "ab");
  EXPECT_TRUE(decode_post(R"({"query":"{a}","operationName":null,"variables":null,"extensions":null})"));
}

TEST(GraphqlRequest, PostOfTheWrongShape) {
  for (std::string_view bad :
       {"", "{", "[]", "1", R"({"query":1})", R"({"query":"{a}","variables":[]})", R"({"query":"{a}","variables":"x"})",
        R"({"query":"{a}","extensions":1})", R"({"query":"{a}","query":"{b}"})", R"({"query":"{a}","operationName":1})",
        R"({"documentId":"a","doc_id":"b"})", R"({"extensions":{"persistedQuery":{}}})", "{\"query\":\"\xFF\"}"}) {
    const auto request = decode_post(bad);
    ASSERT_FALSE(request) << bad;
    EXPECT_EQ(request.error().code, ErrorCode::BAD_REQUEST);
  }
}

TEST(GraphqlRequest, Get) {
  const auto request = decode_get("query=%7Ba%28x%3A%22%2B%22%29%7D+&variables=%7B%22x%22%3A1%7D&operationName=Q&z");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->query, "{a(x:\"+\")} ");
  EXPECT_EQ(request->variables, R"({"x":1})");
  for (std::string_view bad : {"query=%7", "query=%zz", "query=a&query=b", "variables=1", "variables={", "query=%FF"}) {
    EXPECT_FALSE(decode_get(bad)) << bad;
  }
}

}  // namespace
}  // namespace signet::app
