// One test for each attack on the allowlist that a URL alone can be: its rows of the corpus, judged, and what the
// verdict has to do with the list. What takes a connection (D16, D17, D18, D20) is in tests/e2e/test_egress_attacks.py.
#include <algorithm>
#include <gtest/gtest.h>

#include "router/http/egress.hpp"
#include "tests/unit/router/http/url_corpus.hpp"

namespace signet::http {
namespace {

void judge(std::string_view row) {
  const auto policy = EgressPolicy::parse(corpus_policy());
  ASSERT_TRUE(policy) << policy.error();
  size_t judged = 0;
  for (const UrlCase& attack : kUrlCorpus) {
    if (attack.row != row) continue;
    ++judged;
    const auto url = parse_url(attack.url);
    const Verdict verdict = !url ? malformed : policy->check_url(*url) ? allowed : denied;
    EXPECT_EQ(static_cast<int>(verdict), static_cast<int>(attack.verdict)) << attack.url;
    EXPECT_NE(static_cast<int>(verdict), static_cast<int>(allowed)) << attack.url;
  }
  EXPECT_GE(judged, 1u) << row;
}

TEST(EgressAttacks, EveryRowOfTheCorpusIsJudged) {
  const std::vector<std::string_view> rows{"D1",  "D2",  "D3",  "D4",  "D5",  "D6",  "D7",  "D8",  "D9",
                                           "D10", "D11", "D12", "D13", "D14", "D15", "D19", "D21", "good"};
  for (const UrlCase& attack : kUrlCorpus) EXPECT_NE(std::ranges::find(rows, attack.row), rows.end()) << attack.row;
}

TEST(EgressAttacks, D1UserInformation) {
  judge("D1");
}

TEST(EgressAttacks, D2SuffixWithoutLabelBoundary) {
  judge("D2");
}

TEST(EgressAttacks, D3ListedNameAsPrefix) {
  judge("D3");
}

TEST(EgressAttacks, D4FinalDot) {
  judge("D4");
}

TEST(EgressAttacks, D5UpperCase) {
  judge("D5");
}

TEST(EgressAttacks, D6PercentEncoding) {
  judge("D6");
}

TEST(EgressAttacks, D7Backslash) {
  judge("D7");
}

TEST(EgressAttacks, D8NamesBeyondAscii) {
  judge("D8");
}

TEST(EgressAttacks, D9NumbersAsAddresses) {
  judge("D9");
}

TEST(EgressAttacks, D10Ipv4HiddenInIpv6) {
  judge("D10");
}

TEST(EgressAttacks, D11SpecialAddresses) {
  judge("D11");
}

TEST(EgressAttacks, D12Ports) {
  judge("D12");
}

TEST(EgressAttacks, D13Schemes) {
  judge("D13");
}

TEST(EgressAttacks, D14SpacesAndControls) {
  judge("D14");
}

TEST(EgressAttacks, D15QueriesFragmentsAndDots) {
  judge("D15");
}

TEST(EgressAttacks, D19WildcardsAreOneLabel) {
  judge("D19");
}

TEST(EgressAttacks, D21TemplatesAreNoUrls) {
  judge("D21");
}

}  // namespace
}  // namespace signet::http
