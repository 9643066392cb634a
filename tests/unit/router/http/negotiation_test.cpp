#include "router/http/negotiation.hpp"

#include <gtest/gtest.h>

namespace signet::http {
namespace {

std::string answer(std::vector<std::string_view> lines) {
  Headers headers;
  for (std::string_view line : lines) headers.add("Accept", line);
  const auto type = negotiate_response_type(headers);
  return !type ? "406" : *type == ResponseType::json ? "J" : "G";
}

TEST(Accept, AsClientsReallySendIt) {  // field-reports no. 9
  EXPECT_EQ(answer({"multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json"}), "J");
  EXPECT_EQ(answer({R"(multipart/mixed;boundary="-";subscriptionSpec="1.0")"}), "406");
  EXPECT_EQ(answer({"application/json, text/plain, */*"}), "J");
  EXPECT_EQ(answer({"application/*"}), "J");
  EXPECT_EQ(answer({"*/*"}), "J");
  EXPECT_EQ(answer({}), "J");
  EXPECT_EQ(answer({"application/graphql-response+json"}), "G");
  EXPECT_EQ(answer({"application/graphql-response+json; charset=utf-8, application/json; charset=utf-8"}), "G");
  EXPECT_EQ(answer({"application/json, application/graphql-response+json;q=0.9"}), "J");
  EXPECT_EQ(answer({"application/json", "application/graphql-response+json;q=0.9"}), "J");
  EXPECT_EQ(answer({"application/json;q=0, */*"}), "G");
  EXPECT_EQ(answer({"APPLICATION/JSON"}), "J");
  EXPECT_EQ(answer({"application/json;q=1.000"}), "J");
  EXPECT_EQ(answer({"application/json ;q=0.5 , ,"}), "J");
  EXPECT_EQ(answer({"text/html"}), "406");
  EXPECT_EQ(answer({"application/json;q=0"}), "406");
  EXPECT_EQ(answer({"application/json;q=2"}), "J");
  EXPECT_EQ(answer({";;;"}), "J");
}

TEST(Accept, WeightsAndSpecificity) {
  EXPECT_EQ(answer({"application/json;q=0.5, application/graphql-response+json"}), "G");
  EXPECT_EQ(answer({"application/json;q=0.5, */*;q=0.9"}), "G");
  EXPECT_EQ(answer({"*/*, application/graphql-response+json"}), "G");
  EXPECT_EQ(answer({"application/*;q=0, */*"}), "406");
  EXPECT_EQ(answer({"*/*;q=0"}), "406");
  EXPECT_EQ(answer({"application/json;charset=iso-8859-1"}), "406");
  EXPECT_EQ(answer({"application/json;q=0.0001"}), "J");  // malformed weight: as if absent
  EXPECT_EQ(answer({""}), "J");
  std::string many;
  for (int i = 0; i < 101; ++i) many += "a/b,";
  EXPECT_EQ(answer({many}), "406");
}

bool gzip_for(std::string_view value) {
  Headers headers;
  headers.add("Accept-Encoding", value);
  return negotiate_gzip(headers);
}

TEST(AcceptEncoding, AsClientsReallySendIt) {  // field-reports no. 17
  EXPECT_FALSE(negotiate_gzip({}));
  EXPECT_TRUE(gzip_for("gzip"));
  EXPECT_FALSE(gzip_for("gzip;q=0, br"));
  EXPECT_FALSE(gzip_for("*;q=0"));
  EXPECT_FALSE(gzip_for("identity"));
  EXPECT_TRUE(gzip_for("br;q=0.5, gzip;q=0.9"));
  EXPECT_TRUE(gzip_for("*"));
  EXPECT_FALSE(gzip_for("gzip;q=0.5, identity"));
  EXPECT_FALSE(gzip_for("gzip;q=0, *"));
  EXPECT_TRUE(gzip_for("GZIP; q=0.1"));
  EXPECT_FALSE(gzip_for("gzip;q=nan"));
}

}  // namespace
}  // namespace signet::http
