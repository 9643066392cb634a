// Admission at the gate, evidence that is verified again, and what changes while the webhook thinks.
#include <gtest/gtest.h>

#include "signing/core/last_good.hpp"
#include "tests/support/signing_world.hpp"

namespace signet::signing {
namespace {

using testing_support::kSupergraph;
using testing_support::World;

struct OnlineWorld : World {
  OnlineWorld() {
    policy.webhook = true;
    policy.webhook_secrets = {webhook_secret};
  }

  PendingReview pending(std::string_view text, uint64_t last = 0) {
    Examination result = examine(candidate(text, last, false));
    EXPECT_EQ(verdict_of(result), "pending");
    return std::get<PendingReview>(std::move(result));
  }

  StoredVerdict approval(const ReviewRequest& request, std::string_view extra = "") const {
    const Jws jws = *parse_jws(request.jws);
    const std::string signature = print_jws_signature(sign_jws(jws.payload_text, approve));
    return {.uid = request.uid,
            .body = fmt::format(R"({{"response":{{"uid":"{}","allowed":true,"sha256":"{}","approval":{}{}}}}})",
                                request.uid, request.statement.sha256, signature, extra),
            .signature = {}};
  }
  /// The answer says that `min_serial` was approved already.
  std::string admit_above(uint64_t min_serial) {
    PendingReview review = pending(kSupergraph);
    const StoredVerdict verdict = approval(review.request(), fmt::format(",\"minSerial\":{}", min_serial));
    return verdict_of(admit(std::move(review), verdict));
  }

  Admission admit(PendingReview review, const StoredVerdict& verdict) {
    return Gate(policy, clock, events).admit(std::move(review), verdict, state);
  }
  /// An artifact that the webhook approved, its answer in it.
  Artifact approved() {
    PendingReview review = pending(kSupergraph);
    const StoredVerdict verdict = approval(review.request());
    const Admission result = admit(std::move(review), verdict);
    EXPECT_EQ(verdict_of(result), "accepted");
    return *std::get<Verified<Artifact>>(result);
  }
};

TEST(GateAdmission, PendingUntilTheWebhookApproves) {
  OnlineWorld world;
  PendingReview review = world.pending(kSupergraph);
  EXPECT_EQ(review.request().subgraphs.size(), 2u);
  EXPECT_EQ(review.request().signed_by, (std::vector<Signer>{{"2026-11", Role::release}}));
  const StoredVerdict verdict = world.approval(review.request());
  const Admission result = world.admit(std::move(review), verdict);
  ASSERT_EQ(World::verdict_of(result), "accepted");
  const Artifact& artifact = *std::get<Verified<Artifact>>(result);
  EXPECT_EQ(artifact.signers.size(), 2u);
  EXPECT_TRUE(artifact.verdict);
  EXPECT_TRUE(artifact.approved);
}

TEST(GateAdmission, C5TheWebhooksFloorCountsWhereNoneIsKnown) {
  OnlineWorld world;
  const uint64_t serial = world.pending(kSupergraph).request().statement.serial;
  EXPECT_EQ(world.admit_above(serial + 1), "rollback");
  EXPECT_EQ(world.admit_above(serial), "accepted");
  world.state = {.highest_serial = serial - 1, .highest_sha256 = std::string(64, 'a'), .running_sha256 = {}};
  EXPECT_EQ(world.admit_above(serial + 1), "accepted");  // its own floor decides
}

TEST(GateAdmission, OfflineApprovalNeedsNoCall) {
  OnlineWorld world;
  EXPECT_EQ(world.apply(world.candidate(kSupergraph)), "accepted");
}

TEST(GateAdmission, W8AnApprovalThatComesLateIsSuperseded) {
  OnlineWorld world;
  PendingReview older = world.pending(kSupergraph);
  const StoredVerdict verdict = world.approval(older.request());
  EXPECT_EQ(world.apply(world.candidate(std::string(kSupergraph) + "#", older.request().statement.serial)), "accepted");
  EXPECT_EQ(World::verdict_of(world.admit(std::move(older), verdict)), "superseded");
}

TEST(GateAdmission, KeysRevokedMeanwhileDoNotCount) {
  OnlineWorld world;
  PendingReview review = world.pending(kSupergraph);
  const StoredVerdict verdict = world.approval(review.request());
  world.policy.trust.revoked = {"approver"};
  EXPECT_EQ(World::verdict_of(world.admit(std::move(review), verdict)), "admission_signature");
}

TEST(GateAdmission, ApprovalsInTheStatementRevokedMeanwhileDoNotCount) {
  OnlineWorld world;
  const SigningKey second{"second", crypto::Ed25519PrivateKey::generate()};
  world.policy.trust.keys.push_back(second.verification_key(Role::approve));
  world.policy.trust.required_roles = {Role::release, Role::approve, Role::approve};
  PendingReview review = std::get<PendingReview>(world.examine(world.candidate(kSupergraph)));
  world.policy.trust.revoked = {"approver"};  // it stands in the statement
  world.approve = second;
  const StoredVerdict verdict = world.approval(review.request());
  EXPECT_EQ(World::verdict_of(world.admit(std::move(review), verdict)), "roles_missing");
}

TEST(GateAdmission, AnAllowlistTightenedMeanwhileCounts) {
  OnlineWorld world;
  PendingReview review = world.pending(kSupergraph);
  const StoredVerdict verdict = world.approval(review.request());
  world.policy.egress = http::EgressPolicy::parse({"https://*.shop.internal"}).value();
  EXPECT_EQ(World::verdict_of(world.admit(std::move(review), verdict)), "egress");
}

TEST(GateAdmission, ExpiredMeanwhileIsRefused) {
  OnlineWorld world;
  PendingReview review = world.pending(kSupergraph);
  const StoredVerdict verdict = world.approval(review.request());
  world.clock.advance(std::chrono::hours(24 * 93));
  EXPECT_EQ(World::verdict_of(world.admit(std::move(review), verdict)), "expired");
}

TEST(GateAdmission, TwoPersonApprovalNeedsTwoKeys) {
  OnlineWorld world;
  world.policy.trust.required_roles = {Role::release, Role::approve, Role::approve};
  EXPECT_EQ(World::verdict_of(world.examine(world.candidate(kSupergraph, 0, false))), "roles_missing");
  Examination result = world.examine(world.candidate(kSupergraph));  // one approval offline, one to come
  ASSERT_EQ(World::verdict_of(result), "pending");
  PendingReview review = std::get<PendingReview>(std::move(result));
  const StoredVerdict same_key = world.approval(review.request());
  EXPECT_EQ(World::verdict_of(world.admit(std::move(review), same_key)), "roles_missing");
}

TEST(GateAdmission, UnsafeModesSayWhatTheyDid) {
  OnlineWorld world;
  auto without_answer = [&](AdmissionMode mode, Reason why) {
    world.policy.admission = mode;
    return World::verdict_of(Gate(world.policy, world.clock, world.events)
                                 .admit_without_answer(world.pending(kSupergraph), {why, ""}, world.state));
  };
  EXPECT_EQ(without_answer(AdmissionMode::required, Reason::admission_timeout), "admission_timeout");
  EXPECT_EQ(without_answer(AdmissionMode::ignore_failures, Reason::admission_denied), "admission_denied");
  EXPECT_FALSE(world.events.saw(Alarm::unapproved));
  EXPECT_EQ(without_answer(AdmissionMode::ignore_failures, Reason::admission_timeout), "accepted");
  EXPECT_EQ(without_answer(AdmissionMode::audit_only, Reason::admission_denied), "accepted");
  EXPECT_TRUE(world.events.saw(Alarm::unapproved));
  const Admission waived =
      Gate(world.policy, world.clock, world.events)
          .admit_without_answer(world.pending(kSupergraph), {Reason::admission_denied, "no"}, world.state);
  const Artifact& artifact = *std::get<Verified<Artifact>>(waived);
  EXPECT_FALSE(artifact.approved);
  ASSERT_TRUE(artifact.waived);
  EXPECT_EQ(artifact.waived->reason, Reason::admission_denied);
  EXPECT_EQ(artifact.waived->detail, "no");
}

TEST(LastGood, ARestartNeedsNeitherSourceNorWebhook) {
  OnlineWorld world;
  const Artifact artifact = world.approved();
  world.applied(artifact.statement);
  world.state.running_sha256.clear();
  const auto copy = parse_last_good(print_last_good(artifact));
  ASSERT_TRUE(copy) << copy.error();
  EXPECT_EQ(copy->source, SourceKind::last_good);
  EXPECT_EQ(World::verdict_of(world.examine(*copy)), "accepted");
  world.clock.jump(std::chrono::hours(24 * 365));  // the clock is a year ahead
  EXPECT_EQ(World::verdict_of(world.examine(*copy)), "accepted");
  world.clock.jump(std::chrono::hours(-2 * 24 * 365));
  EXPECT_EQ(World::verdict_of(world.examine(*copy)), "accepted");
  EXPECT_TRUE(world.events.saw(Alarm::clock));
}

TEST(LastGood, TamperedVerdictsAndCopiesAreRefused) {
  OnlineWorld world;
  const Artifact artifact = world.approved();
  const std::string file = print_last_good(artifact);
  for (size_t at = 0; at < file.size(); ++at) {
    std::string damaged = file;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    ASSERT_FALSE(parse_last_good(damaged)) << at;
  }
  for (size_t size = 0; size < file.size(); size += 7) ASSERT_FALSE(parse_last_good(file.substr(0, size)));
  // An enemy who can write the folder computes the digest anew; the gate still verifies the evidence.
  world.policy.webhook = false;
  for (size_t at = 0; at < artifact.verdict->body.size(); ++at) {
    Artifact forged = artifact;
    forged.verdict->body[at] = static_cast<char>(forged.verdict->body[at] ^ 2);
    const auto copy = parse_last_good(print_last_good(forged));
    ASSERT_TRUE(copy);
    ASSERT_NE(World::verdict_of(world.examine(*copy)), "accepted") << at;
  }
  Artifact without = artifact;
  without.verdict.reset();
  EXPECT_EQ(World::verdict_of(world.examine(*parse_last_good(print_last_good(without)))), "admission_required");
}

TEST(Gate, StillTrustedAfterChangesOfPolicy) {
  OnlineWorld world;
  const Artifact artifact = world.approved();
  const auto standing = [&] { return Gate(world.policy, world.clock, world.events).standing(artifact); };
  const auto alarms = [&] { return standing().alarms; };
  using Alarms = std::vector<Alarm>;
  EXPECT_EQ(alarms(), Alarms{});
  world.policy.trust.revoked = {"approver"};
  EXPECT_EQ(alarms(), Alarms{Alarm::key_revoked});
  world.policy.trust.revoked = {"2026-11"};
  EXPECT_EQ(alarms(), Alarms{Alarm::key_revoked});
  EXPECT_FALSE(standing().ended);
  world.policy.on_revoked = OnRevoked::drop;
  ASSERT_TRUE(standing().ended);
  EXPECT_EQ(standing().ended->reason, Reason::key_revoked);

  world.policy = OnlineWorld().policy;  // other keys under the same names
  EXPECT_EQ(alarms(), Alarms{Alarm::untrusted});
  EXPECT_FALSE(standing().ended);
}

// What is built or waits for its swap is judged as of the swap.
TEST(Gate, WhatWaitsToBeAppliedIsConfirmedUnderThePolicyOfNow) {
  OnlineWorld world;
  const Artifact artifact = world.approved();
  const auto good = world.policy;
  const auto confirm = [&]() -> std::string {
    const auto now = Gate(world.policy, world.clock, world.events).confirm(artifact, world.state);
    world.policy = good;
    return now ? "good" : std::string(info(now.error().reason).code);
  };
  EXPECT_EQ(confirm(), "good");
  world.policy.trust.revoked = {"2026-11"};
  EXPECT_EQ(confirm(), "key_revoked");
  world.policy.trust.revoked = {"approver"};
  EXPECT_EQ(confirm(), "admission_signature");
  world.policy.trust.min_serial = artifact.statement.serial + 1;
  EXPECT_NE(confirm(), "good");
  world.policy.egress = http::EgressPolicy::parse({"https://*.shop.internal"}).value();
  EXPECT_EQ(confirm(), "egress");
  world.policy.trust.required_roles = {Role::release, Role::approve, Role::approve};
  EXPECT_EQ(confirm(), "roles_missing");
  world.clock.advance(std::chrono::hours(24 * 93));
  EXPECT_EQ(confirm(), "expired");
}

TEST(Gate, TimePassesForWhatServes) {
  World world;
  const Examination result = world.examine(world.candidate(kSupergraph));
  ASSERT_EQ(World::verdict_of(result), "accepted");
  const Artifact& artifact = *std::get<Verified<Artifact>>(result);
  const auto standing = [&] { return Gate(world.policy, world.clock, world.events).standing(artifact); };
  using Alarms = std::vector<Alarm>;
  const size_t events = world.events.seen.size();

  world.policy.trust.keys[0].not_after = world.clock.wall() + std::chrono::hours(24);
  EXPECT_EQ(standing().alarms, Alarms{});
  world.clock.advance(std::chrono::hours(48));
  EXPECT_EQ(standing().alarms, Alarms{Alarm::key_past_validity});
  world.policy.trust.keys[0].not_after.reset();
  world.clock.advance(std::chrono::hours(24 * 365));
  EXPECT_EQ(standing().alarms, Alarms{Alarm::expired});
  world.policy.trust.stale_grace = std::chrono::hours(24);
  ASSERT_TRUE(standing().ended);
  EXPECT_EQ(standing().ended->reason, Reason::expired);
  world.clock.advance(-std::chrono::hours(24 * 365 * 2));
  EXPECT_EQ(standing().alarms, Alarms{Alarm::clock});
  world.policy.trust.min_serial = artifact.statement.serial + 1;
  EXPECT_EQ(standing().alarms, Alarms{Alarm::untrusted});
  EXPECT_EQ(world.events.seen.size(), events);
}

TEST(Gate, WantedNamesTheArtifactBeforeItIsFetched) {
  World world;
  const Candidate candidate = world.candidate(kSupergraph);
  const Gate gate(world.policy, world.clock, world.events);
  const auto first = gate.wanted(candidate.statement, SourceKind::cdn, world.state);
  ASSERT_TRUE(std::holds_alternative<Wanted>(first));
  EXPECT_EQ(std::get<Wanted>(first).statement.sha256, crypto::sha256_hex(kSupergraph));
  EXPECT_EQ(world.apply(candidate), "accepted");
  EXPECT_TRUE(std::holds_alternative<NoChange>(gate.wanted(candidate.statement, SourceKind::cdn, world.state)));
  EXPECT_TRUE(std::holds_alternative<Refusal>(gate.wanted("{}", SourceKind::cdn, world.state)));
}

TEST(Gate, EveryRefusalIsOneEvent) {
  World world;
  (void)world.apply(world.candidate("broken"));
  ASSERT_EQ(world.events.seen.size(), 1u);
  EXPECT_EQ(world.events.seen[0].kind, GateEventKind::refused);
  EXPECT_EQ(world.events.seen[0].reason, Reason::format);
  EXPECT_EQ(world.events.seen[0].sha256, crypto::sha256_hex("broken"));
}

}  // namespace
}  // namespace signet::signing
