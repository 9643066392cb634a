#include "signing/admission/server.hpp"

#include <gtest/gtest.h>

#include "tests/support/admission_world.hpp"

namespace signet::admission {
namespace {

using testing_support::AdmissionWorld;

TEST(AdmissionServer, ApprovesWithAnApproveKey) {
  AdmissionWorld world;
  AdmissionServer server(world.server_policy);
  world.policy.webhook_secrets.clear();  // the approval alone must do
  EXPECT_EQ(world.round_trip(server), "accepted");
}

TEST(AdmissionServer, ApprovesWithTheSharedSecretAlone) {
  AdmissionWorld world;
  world.server_policy.approve_key.reset();
  AdmissionServer server(world.server_policy);
  EXPECT_EQ(world.round_trip(server), "admission_signature");  // routers that list the approve key want its signature
  std::erase_if(world.policy.trust.keys, [](const auto& key) { return key.role == signing::Role::approve; });
  EXPECT_EQ(world.round_trip(server), "accepted");
  world.policy.webhook_secrets = {signing::testing_support::secret_of("other")};
  EXPECT_EQ(world.round_trip(server), "admission_signature");
}

TEST(AdmissionServer, DeniesByPolicy) {
  AdmissionWorld world;
  world.server_policy.graphs[0].policy.max_subgraphs = 1;
  AdmissionServer server(world.server_policy);
  EXPECT_EQ(world.round_trip(server), "admission_denied");
  world.server_policy.graphs.clear();
  server.set_policy(world.server_policy);
  EXPECT_EQ(world.round_trip(server), "admission_denied");
}

struct Direct {
  AdmissionWorld world;
  AdmissionServer server{world.server_policy};
  signing::PendingReview review = world.pending();
  ReviewCall call = make_call(review.request(), world.webhook_secret, world.clock.wall());

  int status(const ReviewCall& sent) { return world.hear(server, sent).response.status; }
  /// The same body, changed by its owner: signed again.
  ReviewCall resigned(std::string_view from, std::string_view to) {
    ReviewCall changed = call;
    const size_t at = changed.body.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    changed.body.replace(at, from.size(), to);
    signing::add_webhook_headers(changed.headers, signing::sign_webhook(signing::new_webhook_id(), world.clock.wall(),
                                                                        changed.body, world.webhook_secret));
    return changed;
  }
  std::string message(const ReviewCall& sent) {
    const ServerAnswer answer = world.hear(server, sent);
    EXPECT_EQ(answer.response.status, 200);
    EXPECT_FALSE(answer.log->allowed);
    return answer.log->message;
  }
};

TEST(AdmissionServer, W2UnsignedCallersAreTurnedAwayUnheard) {
  Direct d;
  ReviewCall unsigned_call = d.call;
  unsigned_call.headers.remove("webhook-signature");
  const ServerAnswer answer = d.world.hear(d.server, unsigned_call);
  EXPECT_EQ(answer.response.status, 401);
  EXPECT_FALSE(answer.log);
  ReviewCall changed = d.call;
  changed.body.back() = ' ';
  EXPECT_EQ(d.status(changed), 401);
  ReviewCall large = d.call;
  large.body.assign(kReviewBytesMax + 1, ' ');
  EXPECT_EQ(d.status(large), 413);
  ServerPolicy no_secret = d.world.server_policy;
  no_secret.webhook_secrets.clear();
  AdmissionServer deaf(no_secret);
  EXPECT_EQ(d.world.hear(deaf, d.call).response.status, 401);
}

TEST(AdmissionServer, W3ReplaysAreRefused) {
  Direct d;
  EXPECT_EQ(d.status(d.call), 200);
  EXPECT_EQ(d.status(d.call), 409);
  d.world.clock.advance(std::chrono::seconds(301));
  EXPECT_EQ(d.status(d.call), 401);
}

TEST(AdmissionServer, MalformedReviewsAre400) {
  Direct d;
  EXPECT_EQ(d.status(d.resigned("ConfigReview", "Other")), 400);
  EXPECT_EQ(d.status(d.resigned("admission.signet.dev/v1", "admission.signet.dev/v2")), 400);
  EXPECT_EQ(d.status(d.resigned("\"uid\":", "\"uid\":1,\"uid\":")), 400);
  EXPECT_EQ(d.status(d.resigned("\"serial\":", "\"serial\":-")), 400);
  EXPECT_EQ(d.status(d.resigned("\"subgraphs\":[", "\"subgraphs\":[1,")), 400);
  EXPECT_EQ(d.status(d.resigned("\"statement\":{", "\"statements\":{")), 400);
}

TEST(AdmissionServer, TheStatementDecidesNotTheRequest) {
  Direct d;
  EXPECT_EQ(d.message(d.resigned("\"serial\":1795600000", "\"serial\":1795600001")),
            "the request does not agree with its statement");
  EXPECT_EQ(d.message(d.resigned("\"artifact\":\"graph\"", "\"artifact\":\"router\"")),
            "the request does not agree with its statement");
  EXPECT_EQ(d.message(d.resigned("\"graph\":\"shop\"", "\"graph\":\"other\"")),
            "this server has no policy for this graph and environment");
  EXPECT_NE(d.message(d.resigned("\"payload\":\"ey", "\"payload\":\"ez")).find("signature"), std::string::npos);
  EXPECT_NE(d.message(d.resigned("https://pay.example:8443", "https://evil.test")).find("the allow list"),
            std::string::npos);
}

TEST(AdmissionServer, ForgedReleaseSignaturesAreDenied) {
  AdmissionWorld world;
  world.server_policy.graphs[0].trust.keys[0].material = signing::testing_support::secret_of("another release key");
  AdmissionServer server(world.server_policy);
  EXPECT_EQ(world.round_trip(server), "admission_denied");
}

}  // namespace
}  // namespace signet::admission
