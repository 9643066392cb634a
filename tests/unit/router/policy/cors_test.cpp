#include "router/policy/cors.hpp"

#include <gtest/gtest.h>

namespace signet::policy {
namespace {

CorsPolicy policy() {
  config::Cors config;
  config.origins = {"https://app.example"};
  config.credentials = true;
  return CorsPolicy(config);
}

TEST(Cors, ExactOriginsOnly) {
  EXPECT_TRUE(policy().allows("https://app.example"));
  for (std::string_view origin :
       {"", "null", "*", "https://app.example.", "https://app.example:443", "http://app.example", "https://APP.example",
        "https://app.example.evil.test", "https://xapp.example"}) {
    EXPECT_FALSE(policy().allows(origin)) << origin;
  }
  EXPECT_FALSE(policy().allows(std::string(5'000, 'a')));
}

TEST(Cors, AnswerFields) {
  EXPECT_EQ(policy().answer_fields("https://app.example"),
            "Vary: Origin\r\nAccess-Control-Allow-Origin: https://app.example\r\n"
            "Access-Control-Allow-Credentials: true\r\n");
  EXPECT_EQ(policy().answer_fields("https://evil.test"), "Vary: Origin\r\n");
  EXPECT_EQ(policy().answer_fields(""), "Vary: Origin\r\n");
  EXPECT_EQ(policy().preflight_fields("https://evil.test"), "");
}

TEST(Cors, OffByDefault) {
  const CorsPolicy off{config::Cors{}};
  EXPECT_EQ(off.answer_fields("https://app.example"), "");
  EXPECT_EQ(off.preflight_fields("https://app.example"), "");
}

}  // namespace
}  // namespace signet::policy
