#include "signing/admission/approval.hpp"

#include <gtest/gtest.h>

#include "tests/support/admission_world.hpp"

namespace signet::admission {
namespace {

using signing::testing_support::kSupergraph;
using testing_support::AdmissionWorld;

std::string approve(const AdmissionWorld& world, std::string_view jws, std::string_view artifact,
                    const signing::SigningKey& key) {
  const auto result = approve_offline({jws, artifact}, world.server_policy.graphs[0], key, world.clock.wall());
  return result ? "ok" : std::string(signing::info(result.error().reason).code);
}

TEST(ApproveOffline, GivesAStatementThatTheGateAdmits) {
  AdmissionWorld world;
  world.policy.webhook = false;
  signing::Candidate candidate = world.candidate(kSupergraph, 0, false);
  const auto approved = approve_offline({candidate.statement, kSupergraph}, world.server_policy.graphs[0],
                                        world.approve, world.clock.wall());
  ASSERT_TRUE(approved) << approved.error().detail;
  candidate.statement = *approved;
  EXPECT_EQ(world.apply(candidate), "accepted");
}

TEST(ApproveOffline, RefusesWhatAServerWouldDeny) {
  AdmissionWorld world;
  const std::string good = world.candidate(kSupergraph, 0, false).statement;
  EXPECT_EQ(approve(world, good, std::string(kSupergraph) + " ", world.approve), "size_mismatch");
  EXPECT_EQ(approve(world, good, kSupergraph, world.release), "key_unknown");
  const signing::SigningKey stranger{"approver", crypto::Ed25519PrivateKey::generate()};
  EXPECT_EQ(approve(world, good, kSupergraph, stranger), "key_unknown");
  EXPECT_EQ(approve(world, "{}", kSupergraph, world.approve), "statement_malformed");
  const std::string evil = "enum join__Graph { X @join__graph(name: \"x\", url: \"https://evil.test\") }";
  EXPECT_EQ(approve(world, world.candidate(evil, 0, false).statement, evil, world.approve), "egress");
  world.server_policy.graphs[0].policy.required_signers = {"bob"};
  EXPECT_EQ(approve(world, good, kSupergraph, world.approve), "admission_denied");
  world.server_policy.graphs[0].policy.required_signers.clear();
  world.clock.advance(std::chrono::hours(24 * 93));
  EXPECT_EQ(approve(world, good, kSupergraph, world.approve), "expired");
}

}  // namespace
}  // namespace signet::admission
