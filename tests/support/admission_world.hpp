// A World whose graph has an admission server.
#pragma once

#include "signing/admission/client.hpp"
#include "signing/admission/server.hpp"
#include "tests/support/signing_world.hpp"

namespace signet::admission::testing_support {

struct AdmissionWorld : signing::testing_support::World {
  ServerPolicy server_policy;

  AdmissionWorld() {
    policy.webhook = true;
    policy.webhook_secrets = {webhook_secret};
    server_policy.graphs.push_back({policy.trust, {.allowed = policy.egress}});
    server_policy.webhook_secrets = {webhook_secret};
    server_policy.approve_key = approve;
  }

  /// What hear() says where no artifact has to be fetched.
  static ServerAnswer hear(AdmissionServer& server, const http::Headers& headers, std::string_view body, WallTime now) {
    auto heard = server.hear(headers, body, now);
    EXPECT_TRUE(std::holds_alternative<ServerAnswer>(heard));
    return std::get<ServerAnswer>(std::move(heard));
  }
  ServerAnswer hear(AdmissionServer& server, const ReviewCall& call) const {
    return hear(server, call.headers, call.body, clock.wall());
  }

  signing::PendingReview pending(std::string_view text = signing::testing_support::kSupergraph) {
    signing::Examination result = examine(candidate(text, 0, false));
    EXPECT_EQ(verdict_of(result), "pending");
    return std::get<signing::PendingReview>(std::move(result));
  }

  /// Router and server in one process: request, judgement, answer, gate.
  std::string round_trip(AdmissionServer& server) {
    signing::PendingReview review = pending();
    const ReviewCall call = make_call(review.request(), webhook_secret, clock.wall());
    const ServerAnswer answer = hear(server, call);
    auto verdict = read_answer(call, answer.response, clock.wall());
    const signing::Gate gate(policy, clock, events);
    if (!verdict) return verdict_of(gate.admit_without_answer(std::move(review), verdict.error(), state));
    return verdict_of(gate.admit(std::move(review), *verdict, state));
  }
};

}  // namespace signet::admission::testing_support
