// What Cosmo's CDN delivers, at the gate: bodies with a bare HMAC under trust.unsafe_compat, and nothing that passes
// for one. MACs are those of Python's hmac, over kBody and with the keys below.
#include <gtest/gtest.h>

#include "signing/core/body_check.hpp"
#include "signing/core/last_good.hpp"
#include "signing/core/state_record.hpp"
#include "tests/support/signing_world.hpp"

namespace signet::signing {
namespace {

using testing_support::kSupergraph;
using testing_support::World;

constexpr std::string_view kSecret = "Sx9v-K2p_Qm4Zt7w+Yb1Nc6r/Dg3Hj8L";
constexpr std::string_view kNextSecret = "a7Fq2Wm9Rk4Tz6Xc1Vb8Nn3Ll5Pp0Jd+";
constexpr std::string_view kVersioned = R"({"version":"7a1f0c2e-9b1d-4a52-8c59-2f1d3f9a7b10"})";

CosmoKey key_of(std::string kid, std::string_view secret) {
  return {.kid = std::move(kid), .secret = crypto::SecretBytes(as_bytes(secret)), .not_before = {}, .not_after = {}};
}

std::string mac_of(std::string_view body, std::string_view secret = kSecret) {
  return cosmo_body_signature(body, crypto::SecretBytes(as_bytes(secret)));
}

std::string text(std::string_view marker) {
  return std::string(kSupergraph) + "# " + std::string(marker) + "\n";
}

Candidate body(std::string_view bytes, std::vector<std::string> signatures) {
  return {.statement = {},
          .body_signature = BodySignature{std::move(signatures)},
          .artifact = std::make_shared<const std::string>(bytes),
          .source = SourceKind::cdn,
          .verdict = std::nullopt};
}

Candidate good(std::string_view bytes, std::string_view secret = kSecret) {
  return body(bytes, {mac_of(bytes, secret)});
}

class CosmoGate : public testing::Test {
 protected:
  void SetUp() override {
    world.policy.trust.keys.clear();
    world.policy.trust.cosmo_keys = {key_of("cosmo-1", kSecret)};
    world.policy.trust.statements = false;
    ASSERT_TRUE(world.policy.trust.validate(false));
  }

  Gate gate() { return {world.policy, world.clock, world.events}; }
  // As router/app does: examined, and when it is let in, applied.
  std::string apply(const Candidate& candidate) {
    const Examination result = world.examine(candidate);
    if (const auto* verified = std::get_if<Verified<Artifact>>(&result)) {
      EXPECT_TRUE(gate().confirm(**verified, world.state));
      world.state = gate().after(world.state, **verified);
      running = **verified;
    }
    return World::verdict_of(result);
  }
  // What a restart finds in the state folder.
  GateState restarted(const GateState& state) {
    StateRecord record{.artifact = ArtifactKind::graph,
                       .graph = "shop",
                       .environment = "production",
                       .serial = state.highest_serial,
                       .sha256 = state.highest_sha256,
                       .applied = world.clock.wall(),
                       .replaced = state.replaced};
    const auto again = parse_state(print_state(record));
    EXPECT_TRUE(again) << again.error();
    return again ? again->gate_state() : GateState{};
  }

  World world;
  std::optional<Artifact> running;
};

TEST_F(CosmoGate, ASignedBodyGetsInWithAStatementOfTheGates) {
  EXPECT_EQ(apply(good(text("1"))), "accepted");
  const Statement& statement = running->statement;
  EXPECT_EQ(statement.graph, "shop");
  EXPECT_EQ(statement.environment, "production");
  EXPECT_EQ(statement.serial, 1'795'600'000u);  // the clock's
  EXPECT_EQ(statement.sha256, crypto::sha256_hex(text("1")));
  EXPECT_EQ(statement.size, text("1").size());
  EXPECT_FALSE(statement.ever_expires());
  EXPECT_EQ(running->signers, (std::vector<Signer>{{"cosmo-1", Role::release}}));
  EXPECT_TRUE(running->approved);
  EXPECT_EQ(running->subgraphs.size(), 2u);
  EXPECT_TRUE(world.events.saw(Alarm::first_use));
  EXPECT_EQ(apply(good(text("1"))), "no_change");
  EXPECT_EQ(apply(good(text("2"))), "accepted");  // within the same second
  EXPECT_EQ(running->statement.serial, 1'795'600'001u);
  EXPECT_EQ(running->statement.previous, crypto::sha256_hex(text("1")));
}

TEST_F(CosmoGate, TheMacIsThatOfOtherPrograms) {
  // python3 -c 'import hmac,base64;print(base64.b64encode(hmac.digest(b"Sx9v…", b"{\"version\":…}", "sha256")))'
  EXPECT_EQ(mac_of(kVersioned), "Ov2fEw0w/EQNO306t6Wv/sQuzKsKipGXxq3LR55Gwik=");
  EXPECT_EQ(mac_of(kVersioned, kNextSecret), "pOgJ8FnAPQW6FOZvnGx8gvJKaD95cx3eABoXRJD2Uco=");
  world.policy.trust.cosmo_keys.push_back(key_of("cosmo-2", kNextSecret));
  const SignatureOptions now{.now = world.clock.wall()};
  const auto check =
      check_body({{"pOgJ8FnAPQW6FOZvnGx8gvJKaD95cx3eABoXRJD2Uco="}}, kVersioned, world.policy.trust, now);
  ASSERT_TRUE(check);
  EXPECT_EQ(check->signers, (std::vector<Signer>{{"cosmo-2", Role::release}}));
}

TEST_F(CosmoGate, C1EveryFlippedByteIsRefused) {
  const std::string bytes = text("1");
  const std::string mac = mac_of(bytes);
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    ASSERT_EQ(apply(body(flipped, {mac})), "signature") << at;
  }
  for (size_t at = 0; at < mac.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = mac;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      ASSERT_EQ(apply(body(bytes, {flipped})), "signature") << at << " " << bit;
    }
  }
}

TEST_F(CosmoGate, C2OneCanonicalSignatureCounts) {
  const std::string bytes = text("1"), mac = mac_of(bytes);
  EXPECT_EQ(apply(body(bytes, {})), "unsigned_body");
  EXPECT_EQ(apply(body(bytes, {mac, mac})), "signature");
  EXPECT_EQ(apply(body(bytes, {"x", mac})), "signature");
  std::string url = mac;
  std::ranges::replace(url, '+', '-');
  std::ranges::replace(url, '/', '_');
  const std::string hex = hex_encode(*base64_decode(mac));
  for (const std::string& bad : {std::string(), mac.substr(0, 43), mac + "=", " " + mac, mac + "\n", "sha256=" + mac,
                                 hex, base64_encode(as_bytes(hex)), mac + "," + mac}) {
    EXPECT_EQ(apply(body(bytes, {bad})), "signature") << bad;
  }
  if (url != mac) EXPECT_EQ(apply(body(bytes, {url})), "signature");
  std::string loose = mac;  // the same 32 bytes, with bits in the padding
  loose[42] = static_cast<char>(loose[42] + 1);
  EXPECT_EQ(apply(body(bytes, {loose})), "signature");
  EXPECT_EQ(apply(body(bytes, {mac})), "accepted");
}

TEST_F(CosmoGate, C9AStatementSignedAsABodyIsNoStatement) {
  // Cosmo's admission server signs what it is shown: here, the signing input of a statement.
  world.policy.trust.keys = {world.release.verification_key(Role::release),
                             world.approve.verification_key(Role::approve)};
  world.policy.trust.statements = true;
  for (const std::string kid : {"cosmo-1", "2026-11"}) {
    const SigningKey cosmo{kid, crypto::SecretBytes(as_bytes(kSecret))};
    Jws jws = make_jws(print_statement(world.statement(kSupergraph)), cosmo);
    const std::string input = jws.signatures[0].protected_text + "." + jws.payload_text;
    EXPECT_EQ(base64_encode(jws.signatures[0].signature), mac_of(input));  // the oracle gives just this
    (void)add_signature(jws, world.approve);
    Candidate forged{.statement = print_jws(jws), .artifact = std::make_shared<const std::string>(kSupergraph)};
    EXPECT_EQ(apply(forged), kid == "cosmo-1" ? "roles_missing" : "signature");
  }
}

TEST_F(CosmoGate, C9KeysOfStatementsVerifyNoBody) {
  world.policy.trust.keys = {world.release.verification_key(Role::release)};
  const auto& secret = std::get<crypto::SecretBytes>(world.release.material);
  EXPECT_EQ(apply(body(kSupergraph, {cosmo_body_signature(kSupergraph, secret)})), "signature");
  world.policy.trust.cosmo_keys.clear();
  EXPECT_EQ(apply(body(kSupergraph, {cosmo_body_signature(kSupergraph, secret)})), "statement_malformed");
  EXPECT_EQ(apply(good(kSupergraph)), "statement_malformed");
  // Nor does a body count as a list of operations.
  world.policy.trust.cosmo_keys = {key_of("cosmo-1", kSecret)};
  world.policy.kind = ArtifactKind::operations;
  EXPECT_EQ(apply(good("{}")), "statement_malformed");
}

TEST_F(CosmoGate, C9OneSecretHasOnePurpose) {
  TrustPolicy& trust = world.policy.trust;
  trust.keys = {world.release.verification_key(Role::release)};
  trust.cosmo_keys = {{.kid = "cosmo-1",
                       .secret = std::get<crypto::SecretBytes>(world.release.material),
                       .not_before = {},
                       .not_after = {}}};
  ASSERT_FALSE(trust.validate(false));
  EXPECT_NE(trust.validate(false).error().message.find("2026-11 and cosmo-1 are the same key"), std::string::npos);
  trust.cosmo_keys = {key_of("2026-11", kSecret)};
  EXPECT_NE(trust.validate(false).error().message.find("the kid 2026-11 stands there twice"), std::string::npos);
  trust.cosmo_keys = {key_of("a", kSecret), key_of("b", kSecret)};
  EXPECT_NE(trust.validate(false).error().message.find("a and b are the same key"), std::string::npos);
  trust.cosmo_keys = {key_of("a", "short")};
  EXPECT_NE(trust.validate(false).error().message.find("the secret of a has 5 bytes"), std::string::npos);
  trust.cosmo_keys = {key_of("a", kSecret)};
  trust.revoked = {"a"};
  EXPECT_NE(trust.validate(false).error().message.find("names every key of format cosmo"), std::string::npos);
}

TEST_F(CosmoGate, C3AnEmptyKeyVerifiesNothing) {
  world.policy.trust.cosmo_keys = {key_of("empty", "")};
  EXPECT_EQ(apply(good(kSupergraph, "")), "signature");
}

TEST_F(CosmoGate, C5WhatWasReplacedDoesNotComeBack) {
  ASSERT_EQ(apply(good(text("1"))), "accepted");
  ASSERT_EQ(apply(good(text("2"))), "accepted");
  EXPECT_EQ(apply(good(text("1"))), "rollback");
  ASSERT_EQ(apply(good(text("3"))), "accepted");
  for (const std::string_view old : {"1", "2"}) EXPECT_EQ(apply(good(text(old))), "rollback") << old;
  world.state = restarted(world.state);
  for (const std::string_view old : {"1", "2"}) EXPECT_EQ(apply(good(text(old))), "rollback") << old;
  EXPECT_EQ(apply(good(text("3"))), "accepted");  // what was applied last, after a restart
  EXPECT_EQ(running->statement.serial, world.state.highest_serial);
  world.state = {};  // a state folder that was lost
  EXPECT_EQ(apply(good(text("1"))), "accepted");
  EXPECT_TRUE(world.events.saw(Alarm::first_use));
}

TEST_F(CosmoGate, C5StatementsAloneLeaveNothingBehind) {
  World plain;
  ASSERT_EQ(plain.apply(plain.candidate(kSupergraph)), "accepted");
  const Examination next = plain.examine(plain.candidate(text("2"), plain.state.highest_serial));
  const auto* verified = std::get_if<Verified<Artifact>>(&next);
  ASSERT_NE(verified, nullptr);
  const Gate statements(plain.policy, plain.clock, plain.events);
  EXPECT_TRUE(statements.after(plain.state, **verified).replaced.empty());
  // Beside a CDN of Cosmo's, what a statement replaces does not come back as a body either.
  ASSERT_EQ(apply(good(text("1"))), "accepted");
  world.policy.trust.keys = {world.release.verification_key(Role::release),
                             world.approve.verification_key(Role::approve)};
  ASSERT_EQ(apply(world.candidate(text("2"), world.state.highest_serial)), "accepted");
  EXPECT_TRUE(running->statement.ever_expires());
  EXPECT_EQ(apply(good(text("1"))), "rollback");
  EXPECT_EQ(apply(world.candidate(text("1"), world.state.highest_serial)), "accepted");  // signed again on purpose
  EXPECT_EQ(apply(good(text("2"))), "rollback");
  EXPECT_EQ(apply(good(text("1"))), "no_change");
}

TEST_F(CosmoGate, C5TheLastOnesAreRemembered) {
  for (size_t i = 0; i <= kReplacedMax + 1; ++i) ASSERT_EQ(apply(good(text(std::to_string(i)))), "accepted") << i;
  EXPECT_EQ(world.state.replaced.size(), kReplacedMax);
  world.state = restarted(world.state);
  EXPECT_EQ(world.state.replaced.size(), kReplacedMax);
  for (size_t i = 1; i <= kReplacedMax; ++i) ASSERT_EQ(apply(good(text(std::to_string(i)))), "rollback") << i;
  EXPECT_EQ(apply(good(text("0"))), "accepted");  // forgotten
}

TEST_F(CosmoGate, ClocksThatWereWrongDoNotLockOut) {
  world.clock.jump(std::chrono::days(365));
  ASSERT_EQ(apply(good(text("1"))), "accepted");
  world.clock.jump(-std::chrono::days(365));
  EXPECT_EQ(apply(good(text("2"))), "accepted");
  EXPECT_EQ(running->statement.serial, 1'795'600'000u + 365 * 86'400 + 1);
}

TEST_F(CosmoGate, C16RevokedAndPastKeysDoNotCount) {
  TrustPolicy& trust = world.policy.trust;
  trust.cosmo_keys.push_back(key_of("cosmo-2", kNextSecret));
  ASSERT_EQ(apply(good(text("1"))), "accepted");
  trust.revoked = {"cosmo-1"};
  EXPECT_EQ(apply(good(text("2"))), "key_revoked");
  EXPECT_EQ(apply(good(text("2"), kNextSecret)), "accepted");
  trust.revoked.clear();
  trust.cosmo_keys[0].not_after = world.clock.wall() - std::chrono::minutes(2);
  EXPECT_EQ(apply(good(text("3"))), "key_not_valid");
  trust.cosmo_keys[0].not_after = world.clock.wall() - std::chrono::seconds(30);  // the leeway
  EXPECT_EQ(apply(good(text("3"))), "accepted");
  trust.cosmo_keys[0].not_before = world.clock.wall() + std::chrono::hours(1);
  trust.cosmo_keys[0].not_after = std::nullopt;
  EXPECT_EQ(apply(good(text("4"))), "key_not_valid");
}

TEST_F(CosmoGate, C16WhatServesIsLookedAtAgain) {
  TrustPolicy& trust = world.policy.trust;
  trust.cosmo_keys.push_back(key_of("cosmo-2", kNextSecret));
  ASSERT_EQ(apply(good(text("1"))), "accepted");
  EXPECT_TRUE(gate().standing(*running).alarms.empty());
  world.clock.jump(std::chrono::days(4000));
  EXPECT_TRUE(gate().standing(*running).alarms.empty());  // it never expires
  trust.cosmo_keys[0].not_after = world.clock.wall() - std::chrono::hours(1);
  EXPECT_EQ(gate().standing(*running).alarms, std::vector<Alarm>{Alarm::key_past_validity});
  trust.cosmo_keys[0].not_after = std::nullopt;
  trust.revoked = {"cosmo-1"};
  EXPECT_EQ(gate().standing(*running).alarms, std::vector<Alarm>{Alarm::key_revoked});
  EXPECT_FALSE(gate().standing(*running).ended);
  EXPECT_FALSE(gate().confirm(*running, world.state));
  world.policy.on_revoked = OnRevoked::drop;
  ASSERT_TRUE(gate().standing(*running).ended);
  EXPECT_EQ(gate().standing(*running).ended->reason, Reason::key_revoked);
  trust.revoked.clear();
  trust.cosmo_keys.erase(trust.cosmo_keys.begin());
  EXPECT_EQ(gate().standing(*running).alarms, std::vector<Alarm>{Alarm::untrusted});
}

TEST_F(CosmoGate, ARestartVerifiesTheLastGoodCopyAgain) {
  ASSERT_EQ(apply(good(text("0"))), "accepted");
  const Artifact before = *running;
  ASSERT_EQ(apply(good(text("1"))), "accepted");
  const std::string file = print_last_good(*running);
  const WallTime issued = running->statement.issued;
  world.state = restarted(world.state);
  world.clock.advance(std::chrono::hours(1));
  const GateState state = world.state;
  auto copy = parse_last_good(file);
  ASSERT_TRUE(copy) << copy.error();
  EXPECT_EQ(apply(*copy), "accepted");
  EXPECT_EQ(running->statement.serial, state.highest_serial);
  EXPECT_EQ(running->statement.issued, issued);  // a restart makes it no younger
  EXPECT_EQ(running->source, SourceKind::last_good);

  world.state = state;
  EXPECT_EQ(apply(*parse_last_good(print_last_good(before))), "rollback");
  auto altered = *copy;
  altered.artifact = std::make_shared<const std::string>(text("2"));
  EXPECT_EQ(apply(altered), "signature");
  world.policy.trust.cosmo_keys.push_back(key_of("cosmo-2", kNextSecret));
  world.policy.trust.revoked = {"cosmo-1"};
  EXPECT_EQ(apply(*copy), "key_revoked");
  world.policy.trust.revoked.clear();
  world.policy.trust.cosmo_keys.clear();
  EXPECT_EQ(apply(*copy), "statement_malformed");
}

// The copy is written before the floor.
TEST_F(CosmoGate, F15KilledBetweenCopyAndFloorTheCopyServesAndWhatItReplacedIsKnown) {
  ASSERT_EQ(apply(good(text("0"))), "accepted");
  const GateState floor = restarted(world.state);
  ASSERT_EQ(apply(good(text("1"))), "accepted");
  const std::string copy = print_last_good(*running);
  world.state = floor;
  EXPECT_EQ(apply(*parse_last_good(copy)), "accepted");
  EXPECT_GT(running->statement.serial, floor.highest_serial);
  EXPECT_EQ(apply(good(text("0"))), "rollback");
}

TEST_F(CosmoGate, TheOtherChecksStay) {
  std::string foreign(kSupergraph);
  foreign.replace(foreign.find("products.shop.internal"), 22, "evil.example");
  EXPECT_EQ(apply(good(foreign)), "egress");
  EXPECT_EQ(apply(good("\xEF\xBB\xBF" + std::string(kSupergraph))), "format");
  EXPECT_EQ(apply(good("type Query {")), "format");
  world.policy.trust.min_serial = 1'900'000'000;
  EXPECT_EQ(apply(good(kSupergraph)), "below_min_serial");
}

TEST(CosmoVersion, IsTheMemberOfTheConfig) {
  EXPECT_EQ(cosmo_version(kVersioned), "7a1f0c2e-9b1d-4a52-8c59-2f1d3f9a7b10");
  EXPECT_EQ(cosmo_version(R"({"engineConfig":{"version":"no"},"version":"\u0061"})"), "a");
  for (const std::string_view none : {"", "type Query { a: Int }", "{", "[]", "{}", R"({"version":1})",
                                      R"({"version":"a","version":"b"})", R"({"a":{"version":"b"}})"}) {
    EXPECT_EQ(cosmo_version(none), "") << none;
  }
  EXPECT_EQ(cosmo_version("{\"version\":\"" + std::string(257, 'v') + "\"}"), "");
}

}  // namespace
}  // namespace signet::signing
