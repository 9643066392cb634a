#include "router/http/destination.hpp"

#include <gtest/gtest.h>

namespace signet::http {
namespace {

// Spec: RFC 9112 §3
TEST(Destination, SaysHowRequestsBegin) {
  Headers fields;
  fields.add("Accept", "application/json");
  const Destination graphql({.url = *parse_url("https://shop.example:8443/graphql?x=1"), .headers = fields});
  EXPECT_EQ(graphql.origin, "https://shop.example:8443");
  EXPECT_EQ(graphql.head_begin,
            "POST /graphql?x=1 HTTP/1.1\r\nHost: shop.example:8443\r\nAccept: application/json\r\n");
}

TEST(Destination, UnixSocketsAreNamedByTheirPathAndAskedForAnother) {
  const Destination status({.method = Method::get, .url = *parse_url("unix:/run/admin.sock"), .unix_path = "/status"});
  EXPECT_EQ(status.origin, "unix:/run/admin.sock");
  EXPECT_EQ(status.head_begin, "GET /status HTTP/1.1\r\nHost: localhost\r\n");
}

}  // namespace
}  // namespace signet::http
