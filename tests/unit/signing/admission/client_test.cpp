#include "signing/admission/client.hpp"

#include <gtest/gtest.h>

#include "tests/support/admission_world.hpp"

namespace signet::admission {
namespace {

using testing_support::AdmissionWorld;

struct Exchange {
  AdmissionWorld world;
  AdmissionServer server{world.server_policy};
  signing::PendingReview review = world.pending();
  ReviewCall call = make_call(review.request(), world.webhook_secret, world.clock.wall());
  http::Response response = world.hear(server, call).response;

  std::string read(const http::Response& answer, const ReviewCall& about) const {
    const auto verdict = read_answer(about, answer, world.clock.wall());
    return verdict ? "ok" : std::string(signing::info(verdict.error().reason).code);
  }
};

TEST(AdmissionClient, W6OnlyAProperAnswerIsRead) {
  Exchange e;
  EXPECT_EQ(e.read(e.response, e.call), "ok");
  for (int status : {201, 204, 302, 400, 500, 503}) {
    http::Response other = e.response;
    other.status = status;
    EXPECT_EQ(e.read(other, e.call), "admission_malformed") << status;
  }
  http::Response unauthorized = e.response;
  unauthorized.status = 401;
  EXPECT_EQ(e.read(unauthorized, e.call), "admission_unauthorized");
  http::Response html = e.response;
  html.headers.set("content-type", "text/html");
  EXPECT_EQ(e.read(html, e.call), "admission_malformed");
  http::Response large = e.response;
  large.body.resize((1u << 20) + 1, ' ');
  EXPECT_EQ(e.read(large, e.call), "admission_malformed");  // W7
}

TEST(AdmissionClient, W3AnswersToOtherCallsAreRefused) {
  Exchange e;
  ReviewCall again = make_call(e.review.request(), e.world.webhook_secret, e.world.clock.wall());
  EXPECT_NE(again.webhook_id, e.call.webhook_id);
  EXPECT_EQ(e.read(e.response, again), "admission_mismatch");
  e.world.clock.advance(std::chrono::seconds(301));
  EXPECT_EQ(e.read(e.response, e.call), "admission_signature");
}

TEST(AdmissionClient, FailuresHaveTheirReasons) {
  EXPECT_EQ(read_failure({http::TransportError::timeout, ""}).reason, signing::Reason::admission_timeout);
  EXPECT_EQ(read_failure({http::TransportError::too_large, ""}).reason, signing::Reason::admission_malformed);
  for (http::TransportError error : {http::TransportError::unreachable, http::TransportError::tls,
                                     http::TransportError::protocol, http::TransportError::egress_denied}) {
    EXPECT_EQ(read_failure({error, "x"}).reason, signing::Reason::admission_unreachable);
  }
}

TEST(AdmissionClient, RetriesSpreadOut) {
  for (unsigned attempt = 0; attempt < 100; ++attempt) {
    const auto low = retry_delay(attempt, 0), high = retry_delay(attempt, UINT64_MAX);
    EXPECT_GE(low, std::chrono::milliseconds(500));
    EXPECT_LE(high, std::chrono::seconds(60));
    EXPECT_LE(low, retry_delay(attempt + 1, 0));
  }
}

TEST(ConfigReview, RoundTrips) {
  Exchange e;
  const auto review = parse_review(e.call.body);
  ASSERT_TRUE(review) << review.error();
  EXPECT_EQ(review->uid, e.call.uid);
  EXPECT_EQ(review->subgraphs, e.review.request().subgraphs);
  EXPECT_EQ(review->statement, e.review.request().jws);
  EXPECT_EQ(review->source, "cdn");
}

TEST(ConfigReview, MessagesAreCutAndEscaped) {  // W9
  const std::string text = print_answer({.uid = "u",
                                         .sha256 = "s",
                                         .allowed = false,
                                         .message = "a\r\n\x1b[31m" + std::string(500, 'x'),
                                         .approval = {}});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_LT(text.size(), 400u);
}

}  // namespace
}  // namespace signet::admission
