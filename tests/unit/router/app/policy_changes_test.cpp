#include "router/app/policy_changes.hpp"

#include <gtest/gtest.h>

namespace signet::app {
namespace {

using signing::AuditAttributes;

signing::VerificationKey hmac_key(const std::string& kid, const std::string& secret) {
  return {.kid = kid, .material = crypto::SecretBytes(as_bytes(secret)), .not_before = {}, .not_after = {}};
}

TEST(PolicyChanges, KeysAreToldByKid) {
  const signing::TrustPolicy before{.keys = {hmac_key("a", "1"), hmac_key("b", "2"), hmac_key("c", "3")},
                                    .revoked = {"x"}};
  EXPECT_EQ(key_changes(before, before), AuditAttributes{});
  const signing::TrustPolicy after{.keys = {hmac_key("b", "2"), hmac_key("c", "other"), hmac_key("d", "4")},
                                   .revoked = {"b"}};
  EXPECT_EQ(
      key_changes(before, after),
      (AuditAttributes{{"added", "d"}, {"removed", "a"}, {"replaced", "c"}, {"revoked", "b"}, {"restored", "x"}}));
}

TEST(PolicyChanges, OnlyWhatDiffersIsTold) {
  const PolicyInForce before{
      .trust = {.keys = {hmac_key("a", "secret")}}, .allow = {"https://a"}, .operations_mode = "off"};
  PolicyInForce after = before;
  EXPECT_TRUE(policy_changes(before, after).empty());
  after.allow.push_back("https://b");
  EXPECT_EQ(policy_changes(before, after), (AuditAttributes{{"allow_sha256", allow_digest(after.allow)}}));
  after.trust.min_serial = 7;
  EXPECT_EQ(policy_changes(before, after).size(), 2u);
  for (const auto& [name, value] : describe_policy(before)) EXPECT_EQ(value.find("secret"), std::string::npos) << name;
}

}  // namespace
}  // namespace signet::app
