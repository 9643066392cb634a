#include "router/policy/csrf.hpp"

#include <gtest/gtest.h>

namespace signet::policy {
namespace {

http::Headers headers(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  http::Headers result;
  for (const auto& [name, value] : fields) result.add(name, value);
  return result;
}

// The rows of field report 8 that are decided by headers.
TEST(Csrf, BlocksWhatABrowserSendsWithoutPreflight) {
  const CsrfPolicy policy{config::Csrf{}};
  for (std::string_view type : {"text/plain", "text/plain;application/json", "text/plain; x=application/json",
                                "multipart/form-data; boundary=x", "MULTIPART/FORM-DATA;boundary=\"x\"",
                                "application/x-www-form-urlencoded", "garbage", ""}) {
    const auto refused = policy.check(headers({{"Content-Type", type}}), false);
    ASSERT_TRUE(refused) << type;
    EXPECT_EQ(refused->code, ErrorCode::CSRF_ERROR);
  }
  EXPECT_TRUE(policy.check({}, false));
  EXPECT_TRUE(policy.check(headers({{"Content-Type", "text/plain"}, {"Content-Type", "application/json"}}), false));
}

TEST(Csrf, PassesWhatNeedsAPreflight) {
  const CsrfPolicy policy{config::Csrf{}};
  EXPECT_FALSE(policy.check(headers({{"Content-Type", "application/json"}}), false));
  EXPECT_FALSE(policy.check(headers({{"Content-Type", "Application/JSON;charset=UTF-8"}}), false));
  EXPECT_FALSE(policy.check(headers({{"Apollo-Require-Preflight", "1"}}), false));
  EXPECT_FALSE(policy.check(headers({{"x-apollo-operation-name", "Q"}, {"Content-Type", "text/plain"}}), false));
}

TEST(Csrf, CrossSiteNeedsAnAllowedOrigin) {
  const CsrfPolicy policy{config::Csrf{}};
  const auto foreign = headers({{"Content-Type", "application/json"}, {"sec-fetch-site", "cross-site"}});
  EXPECT_TRUE(policy.check(foreign, false));
  EXPECT_FALSE(policy.check(foreign, true));
}

TEST(Csrf, Off) {
  config::Csrf off;
  off.enabled = false;
  EXPECT_FALSE(CsrfPolicy(off).check({}, false));
}

}  // namespace
}  // namespace signet::policy
