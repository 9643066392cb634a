#include "signing/admission/policy.hpp"

#include <gtest/gtest.h>

namespace signet::admission {
namespace {

using signing::Role;
using signing::Signer;
using signing::Subgraph;

AdmissionPolicy policy() {
  AdmissionPolicy out;
  out.allowed = http::EgressPolicy::parse({"https://*.shop.internal", "http://plain.shop.internal"}).value();
  return out;
}

const std::vector<Subgraph> kGood{{"a", "https://a.shop.internal/graphql"}};
const std::vector<Signer> kSigners{{"ci", Role::release}, {"alice", Role::approve}};

TEST(AdmissionPolicy, AllowsWhatItLists) {
  EXPECT_TRUE(judge(policy(), kGood, kSigners).allowed);
  EXPECT_TRUE(judge(policy(), {}, kSigners).allowed);
}

TEST(AdmissionPolicy, HostsAndSchemes) {
  for (const char* url : {"https://evil.test/", "http://a.shop.internal/", "http://plain.shop.internal/",
                          "https://a.shop.internal@evil.test/", "", "https://127.0.0.1/"}) {
    const PolicyVerdict verdict = judge(policy(), {{"a", url}}, kSigners);
    EXPECT_FALSE(verdict.allowed) << url;
    EXPECT_LE(verdict.message.size(), 256u);
  }
  AdmissionPolicy plain = policy();
  plain.allow_plain_http = true;
  EXPECT_TRUE(judge(plain, {{"a", "http://plain.shop.internal/"}}, kSigners).allowed);
  EXPECT_FALSE(judge(policy(), {{"a", "https://a.shop.internal/", "https://evil.test/"}}, kSigners).allowed);
  EXPECT_FALSE(judge(AdmissionPolicy(), kGood, kSigners).allowed);  // an empty list allows nothing
}

TEST(AdmissionPolicy, SignersApproversAndCounts) {
  AdmissionPolicy strict = policy();
  strict.required_signers = {"ci"};
  EXPECT_TRUE(judge(strict, kGood, kSigners).allowed);
  strict.required_signers = {"ci", "bob"};
  EXPECT_FALSE(judge(strict, kGood, kSigners).allowed);
  strict = policy();
  strict.approvers = 1;
  EXPECT_TRUE(judge(strict, kGood, kSigners).allowed);
  strict.approvers = 2;
  EXPECT_EQ(judge(strict, kGood, kSigners).message, "1 of 2 approvals");
  strict = policy();
  strict.max_subgraphs = 0;
  EXPECT_FALSE(judge(strict, kGood, kSigners).allowed);
}

TEST(AdmissionPolicy, W9NamesFromTheGraphAreEscaped) {
  const PolicyVerdict verdict = judge(policy(), {{"a\r\n\x1b[31m", "https://evil.test/"}}, kSigners);
  EXPECT_EQ(verdict.message.find('\n'), std::string::npos);
  EXPECT_EQ(verdict.message.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace signet::admission
