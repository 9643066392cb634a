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

PolicyVerdict judge(const AdmissionPolicy& policy, const std::vector<Subgraph>& subgraphs,
                    const std::vector<Signer>& signers) {
  return admission::judge(policy, {.subgraphs = subgraphs, .signers = signers});
}

const std::vector<Subgraph> kGood{{"a", "https://a.shop.internal/graphql"}};
const std::vector<Signer> kSigners{{"ci", Role::release}, {"alice", Role::approve}};

TEST(AdmissionPolicy, ConfigurationsOfTheRouterAreApprovedOnlyWhereThePolicySaysSo) {
  using signing::ArtifactKind;
  AdmissionPolicy asked = policy();
  const auto of = [&asked](ArtifactKind kind) {
    return admission::judge(asked, {.subgraphs = {}, .signers = kSigners, .kind = kind});
  };
  EXPECT_TRUE(of(ArtifactKind::graph).allowed);
  EXPECT_TRUE(of(ArtifactKind::operations).allowed);
  const PolicyVerdict denied = of(ArtifactKind::router);
  EXPECT_FALSE(denied.allowed);
  EXPECT_EQ(denied.rules.front().rule, "kind");
  EXPECT_NE(denied.message.find("add router to kinds"), std::string::npos) << denied.message;
  asked.kinds = {ArtifactKind::router};
  EXPECT_TRUE(of(ArtifactKind::router).allowed);
  EXPECT_FALSE(of(ArtifactKind::graph).allowed);
}

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

TEST(AdmissionPolicy, ASubgraphWithSeveralUrlsCountsOnce) {
  AdmissionPolicy strict = policy();
  strict.max_subgraphs = 1;
  EXPECT_TRUE(judge(strict, {kGood.front(), kGood.front()}, kSigners).allowed);
}

TEST(AdmissionPolicy, EveryRuleIsToldAndTheFirstBrokenOneIsTheMessage) {
  AdmissionPolicy strict = policy();
  strict.required_signers = {"bob"};
  strict.max_subgraphs = 0;
  const PolicyVerdict verdict = judge(strict, {{"a", "https://evil.test/"}}, kSigners);
  EXPECT_EQ(verdict.message, "the signature of bob is missing");
  std::string told;
  for (const RuleResult& rule : verdict.rules) told += rule.rule + (rule.passed ? "+ " : "- ");
  EXPECT_EQ(told, "kind+ required_signers- approvers+ max_subgraphs- allow- ");
}

std::string changes(const AdmissionPolicy& policy, const Comparison& comparison) {
  const PolicyVerdict verdict =
      admission::judge(policy, {.subgraphs = kGood, .signers = kSigners, .comparison = &comparison});
  return verdict.allowed ? "allowed" : verdict.message;
}

TEST(AdmissionPolicy, ForbiddenChangesAreNamed) {
  AdmissionPolicy strict = policy();
  strict.forbid = *parse_change_classes("breaking") | *parse_change_classes("SUBGRAPH_URL_CHANGED");
  const auto known = [](std::vector<Change> list) { return Comparison{Comparison::Kind::known, std::move(list), {}}; };
  EXPECT_EQ(changes(strict, known({{ChangeClass::FIELD_ADDED, "Query.a"}, {ChangeClass::SUBGRAPH_ADDED, "x"}})),
            "allowed");
  EXPECT_EQ(changes(strict, known({{ChangeClass::FIELD_REMOVED, "Query.a"}})),
            "1 forbidden change: FIELD_REMOVED Query.a");
  EXPECT_EQ(changes(strict, known({{ChangeClass::SUBGRAPH_URL_CHANGED, "pay"}, {ChangeClass::TYPE_REMOVED, "T"}})),
            "2 forbidden changes: SUBGRAPH_URL_CHANGED pay, TYPE_REMOVED T");
  EXPECT_EQ(changes(policy(), known({{ChangeClass::FIELD_REMOVED, "Query.a"}})), "allowed");
  std::vector<Change> many(300, {ChangeClass::FIELD_REMOVED, std::string(200, 'x')});
  EXPECT_LE(changes(strict, known(many)).size(), 256u);
}

TEST(AdmissionPolicy, WhatCannotBeComparedIsDeniedUnlessThePolicySaysOtherwise) {
  AdmissionPolicy strict = policy();
  strict.forbid = *parse_change_classes("breaking");
  EXPECT_EQ(changes(strict, {Comparison::Kind::first, {}, {}}), "allowed");
  EXPECT_EQ(changes(strict, {Comparison::Kind::approved, {}, {}}), "allowed");
  EXPECT_EQ(changes(strict, {Comparison::Kind::unknown, {}, "not known"}), "not known");
  strict.allow_unknown_previous = true;
  EXPECT_EQ(changes(strict, {Comparison::Kind::unknown, {}, "not known"}), "allowed");
}

TEST(AdmissionPolicy, WordsNameClassesOfChange) {
  EXPECT_EQ(parse_change_classes("FIELD_REMOVED")->count(), 1u);
  EXPECT_EQ(parse_change_classes("breaking")->count(), 16u);
  EXPECT_EQ(parse_change_classes("dangerous")->count(), 6u);
  EXPECT_EQ(parse_change_classes("subgraphs")->count(), 3u);
  EXPECT_FALSE(parse_change_classes("field_removed"));
  EXPECT_FALSE(parse_change_classes(""));
}

TEST(AdmissionPolicy, W9NamesFromTheGraphAreEscaped) {
  const PolicyVerdict verdict = judge(policy(), {{"a\r\n\x1b[31m", "https://evil.test/"}}, kSigners);
  EXPECT_EQ(verdict.message.find('\n'), std::string::npos);
  EXPECT_EQ(verdict.message.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace signet::admission
