// Rows C1 to C20 and D of attacks-and-faults §3, as far as they are decided without I/O.
#include <gtest/gtest.h>
#include <random>

#include "router/http/gzip.hpp"
#include "tests/support/signing_world.hpp"

namespace signet::signing {
namespace {

using testing_support::kSupergraph;
using testing_support::secret_of;
using testing_support::World;

TEST(GateAttacks, AGoodArtifactGetsIn) {
  World world;
  EXPECT_EQ(world.apply(world.candidate(kSupergraph)), "accepted");
  EXPECT_TRUE(world.events.saw(Alarm::first_use));
}

TEST(GateAttacks, C1EveryFlippedByteOfTheArtifactIsRefused) {
  World world;
  const Candidate good = world.candidate(kSupergraph);
  for (size_t at = 0; at < kSupergraph.size(); ++at) {
    for (int bit : {0, 3, 7}) {
      std::string flipped(kSupergraph);
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      Candidate bad = good;
      bad.artifact = std::make_shared<const std::string>(flipped);
      ASSERT_EQ(world.apply(bad), "digest_mismatch") << at;
    }
  }
}

TEST(GateAttacks, C1EveryFlippedByteOfTheStatementIsRefused) {
  World world;
  const Candidate good = world.candidate(kSupergraph);
  for (size_t at = 0; at < good.statement.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Candidate bad = good;
      bad.statement[at] = static_cast<char>(bad.statement[at] ^ (1 << bit));
      const std::string verdict = world.apply(bad);
      ASSERT_TRUE(verdict != "accepted" && verdict != "no_change" && verdict != "pending") << at << " " << bit;
    }
  }
}

TEST(GateAttacks, C1RandomDamageIsRefused) {
  World world;
  const Candidate good = world.candidate(kSupergraph);
  std::mt19937 random(20261125);  // a fixed seed: the test is the same every time
  for (int round = 0; round < 500; ++round) {
    Candidate bad = good;
    for (unsigned i = 0; i <= random() % 8; ++i) {
      const size_t at = random() % bad.statement.size();
      switch (random() % 3) {
        case 0:
          bad.statement.erase(at, 1 + random() % 4);
          break;
        case 1:
          bad.statement.insert(at, 1, static_cast<char>(random()));
          break;
        default:
          bad.statement[at] = static_cast<char>(bad.statement[at] + 1);
      }
    }
    const auto parsed = parse_jws(bad.statement);
    if (parsed && print_jws(*parsed) == good.statement) continue;  // only white space between tokens was touched
    ASSERT_NE(world.apply(bad), "accepted") << round;
  }
}

TEST(GateAttacks, C2StrippedSignaturesAreRefused) {
  World world;
  world.policy.webhook = false;
  Candidate candidate = world.candidate(kSupergraph, 0, false);
  EXPECT_EQ(world.apply(candidate), "admission_required");
  Jws jws = make_jws(print_statement(world.statement(kSupergraph)), world.approve);  // approval alone
  candidate.statement = print_jws(jws);
  EXPECT_EQ(world.apply(candidate), "roles_missing");
  candidate.statement = "";
  EXPECT_EQ(world.apply(candidate), "statement_malformed");
}

TEST(GateAttacks, C2AnHmacReleaseIsAlwaysNeeded) {
  World world;
  const SigningKey other{"release-ed25519", crypto::Ed25519PrivateKey::generate()};
  world.policy.trust.keys.push_back(other.verification_key(Role::release));
  Candidate candidate = world.candidate(kSupergraph);
  Jws jws = make_jws(print_statement(world.statement(kSupergraph)), other);
  ASSERT_TRUE(add_signature(jws, world.approve));
  candidate.statement = print_jws(jws);
  EXPECT_EQ(world.apply(candidate), "roles_missing");
  ASSERT_TRUE(add_signature(jws, world.release));  // Ed25519 beside it does no harm
  candidate.statement = print_jws(jws);
  EXPECT_EQ(world.apply(candidate), "accepted");
}

TEST(GateAttacks, C4EverySourcePassesTheSameGate) {
  World world;
  Candidate bad = world.candidate(kSupergraph);
  bad.artifact = std::make_shared<const std::string>("type Query { evil: String }");
  for (SourceKind source : {SourceKind::cdn, SourceKind::file, SourceKind::s3, SourceKind::fallback,
                            SourceKind::last_good, SourceKind::development}) {
    bad.source = source;
    EXPECT_EQ(world.apply(bad), "size_mismatch");
  }
}

TEST(GateAttacks, C5ThreeFiveThreeIsARollback) {
  World world;
  std::vector<Candidate> versions;
  for (int i = 0; i < 5; ++i) {
    const std::string text = std::string(kSupergraph) + "# v" + std::to_string(i);
    versions.push_back(world.candidate(text, 1'795'600'000 + static_cast<uint64_t>(i)));
  }
  EXPECT_EQ(world.apply(versions[2]), "accepted");
  EXPECT_EQ(world.apply(versions[4]), "accepted");
  EXPECT_EQ(world.apply(versions[2]), "rollback");
  EXPECT_EQ(world.apply(versions[3]), "rollback");  // by one serial
  EXPECT_EQ(world.apply(versions[4]), "no_change");
  world.state.running_sha256.clear();  // a restart: the floor is on disk, nothing runs
  EXPECT_EQ(world.apply(versions[2]), "rollback");
  EXPECT_EQ(world.apply(versions[4]), "accepted");
  world.state = {};  // the state folder is lost: trust on first use, with an alarm
  EXPECT_EQ(world.apply(versions[2]), "accepted");
  EXPECT_TRUE(world.events.saw(Alarm::first_use));
  world.state = {};
  world.policy.trust.min_serial = versions[0].statement.empty() ? 0 : 1'795'600'005;
  EXPECT_EQ(world.apply(versions[2]), "below_min_serial");
}

TEST(GateAttacks, C5EqualSerialsWithTwoArtifactsAreAnAlarm) {
  World world;
  EXPECT_EQ(world.apply(world.candidate(kSupergraph)), "accepted");
  EXPECT_EQ(world.apply(world.candidate(std::string(kSupergraph) + "#")), "serial_conflict");
}

TEST(GateAttacks, C5RollbackIsANewStatementOverTheOldArtifact) {
  World world;
  EXPECT_EQ(world.apply(world.candidate(kSupergraph)), "accepted");
  EXPECT_EQ(world.apply(world.candidate(std::string(kSupergraph) + "#", world.state.highest_serial)), "accepted");
  EXPECT_EQ(world.apply(world.candidate(kSupergraph, world.state.highest_serial)), "accepted");
}

TEST(GateAttacks, C6ExpiredArtifactsDoNotGetInButServeOn) {
  World world;
  const Candidate old = world.candidate(kSupergraph);
  EXPECT_EQ(world.apply(old), "accepted");
  world.clock.jump(std::chrono::hours(24 * 93));
  EXPECT_EQ(world.apply(old), "no_change");  // the running one
  world.state.running_sha256.clear();
  EXPECT_EQ(world.apply(old), "expired");
  Candidate last_good = old;
  last_good.source = SourceKind::last_good;
  EXPECT_EQ(world.apply(last_good), "accepted");
  EXPECT_TRUE(world.events.saw(Alarm::expired));
  world.state.running_sha256.clear();
  world.policy.trust.stale_grace = std::chrono::hours(23);
  EXPECT_EQ(world.apply(last_good), "expired");
}

TEST(GateAttacks, C7FastForwardIsRefused) {
  World world;
  Statement ahead = world.statement(kSupergraph);
  ahead.serial += kFastForwardSecondsMax + 1;
  Candidate candidate = world.candidate(kSupergraph);
  candidate.statement = world.sign(ahead);
  EXPECT_EQ(world.apply(candidate), "fast_forward");
  ahead.serial = kSerialMax;
  candidate.statement = world.sign(ahead);
  EXPECT_EQ(world.apply(candidate), "fast_forward");
  EXPECT_EQ(world.apply(world.candidate(kSupergraph)), "accepted");
}

TEST(GateAttacks, C8MixAndMatchIsRefused) {
  World world;
  struct Change {
    std::string_view reason;
    void (*apply)(Statement&);
  };
  for (const Change& change : {Change{"wrong_graph", [](Statement& s) { s.graph = "other"; }},
                               Change{"wrong_graph", [](Statement& s) { s.graph = "Shop"; }},
                               Change{"wrong_environment", [](Statement& s) { s.environment = "staging"; }},
                               Change{"wrong_kind", [](Statement& s) { s.artifact = ArtifactKind::operations; }},
                               Change{"wrong_kind", [](Statement& s) { s.artifact = ArtifactKind::router; }},
                               Change{"size_mismatch", [](Statement& s) { ++s.size; }},
                               Change{"digest_mismatch", [](Statement& s) { s.sha256 = std::string(64, 'a'); }}}) {
    Statement statement = world.statement(kSupergraph);
    change.apply(statement);
    Candidate candidate = world.candidate(kSupergraph);
    candidate.statement = world.sign(statement);
    EXPECT_EQ(world.apply(candidate), change.reason);
  }
  Candidate swapped = world.candidate(kSupergraph);  // the artifact of another day
  swapped.statement = world.candidate(std::string(kSupergraph) + "\n").statement;
  EXPECT_EQ(world.apply(swapped), "size_mismatch");
  Jws one = *parse_jws(world.candidate(kSupergraph).statement);  // the approval of another statement
  const Jws two = *parse_jws(world.candidate(kSupergraph, 1'795'600'007).statement);
  one.signatures[1] = two.signatures[1];
  swapped = world.candidate(kSupergraph);
  swapped.statement = print_jws(one);
  EXPECT_EQ(world.apply(swapped), "signature");
}

TEST(GateAttacks, C9KeysForOtherPurposesDoNotCount) {
  World world;
  const crypto::SecretBytes master = secret_of("master");
  world.release.material = *derive_key(master, Purpose::release, "shop", "production");
  world.policy = world.make_policy();
  EXPECT_EQ(world.apply(world.candidate(kSupergraph)), "accepted");
  for (const auto& other : {derive_key(master, Purpose::webhook, "shop", "production"),
                            derive_key(master, Purpose::push, "shop", "production"),
                            derive_key(master, Purpose::approve, "shop", "production"),
                            derive_key(master, Purpose::release, "shop", "staging")}) {
    world.release.material = *other;
    EXPECT_EQ(world.apply(world.candidate(kSupergraph)), "signature");
  }
  world.release.material = master;
  EXPECT_EQ(world.apply(world.candidate(kSupergraph)), "signature");
}

TEST(GateAttacks, C10ByteVariantsAreDifferentArtifacts) {
  World world;
  std::string crlf;
  for (char c : kSupergraph) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const std::string text(kSupergraph);
  for (const std::string& variant :
       {"\xEF\xBB\xBF" + text, crlf, text + "\n", text + " ", " " + text, text.substr(1), text + std::string(1, '\0'),
        http::gzip_encode(text), text + "\xEF\xBF\xBD", text + "\xFF"}) {
    Candidate candidate = world.candidate(kSupergraph);
    candidate.artifact = std::make_shared<const std::string>(variant);
    EXPECT_EQ(world.apply(candidate), "size_mismatch");
  }
  // Even when signed, what has no single meaning as text is refused.
  EXPECT_EQ(world.apply(world.candidate("\xEF\xBB\xBF" + text)), "format");
  EXPECT_EQ(world.apply(world.candidate(text + std::string(1, '\0'))), "format");
  EXPECT_EQ(world.apply(world.candidate(text + "# \xFF")), "format");
  EXPECT_EQ(world.apply(world.candidate(crlf)), "accepted");
}

TEST(GateAttacks, C11DuplicateNamesInAManifestAreRefused) {
  World world;
  world.policy.kind = ArtifactKind::operations;
  auto apply = [&](std::string_view text) {
    Statement statement = world.statement(text);
    statement.artifact = ArtifactKind::operations;
    Candidate candidate = world.candidate(text);
    candidate.statement = world.sign(statement);
    return World::verdict_of(world.examine(candidate));
  };
  const std::string good = R"({"version":1,"operations":[{"id":"a","text":"{ a }"},{"id":"b","x":{"y":[{"z":1}]}}]})";
  EXPECT_EQ(apply(good), "accepted");
  for (std::string_view name : {"version", "operations", "id", "text", "x", "y", "z"}) {
    const std::string member = "\"" + std::string(name) + "\":";
    for (size_t at = good.find(member); at != std::string::npos; at = good.find(member, at + 1)) {
      EXPECT_EQ(apply(std::string(good).insert(at, member + "null,")), "format") << name;
    }
  }
}

TEST(GateAttacks, C13CompressedArtifactsHaveCaps) {
  World world;
  const std::string text(kSupergraph);
  EXPECT_EQ(world.apply(world.candidate(http::gzip_encode(text))), "accepted");
  world.state = {};
  EXPECT_EQ(world.apply(world.candidate(http::gzip_encode(text).substr(0, 60))), "compression");
  EXPECT_EQ(world.apply(world.candidate(http::gzip_encode(text) + "x")), "compression");
  EXPECT_EQ(world.apply(world.candidate(http::gzip_encode(http::gzip_encode(text)))), "compression");
  EXPECT_EQ(world.apply(world.candidate(http::gzip_encode(std::string(4u << 20, '#'), 9))), "compression");
  EXPECT_EQ(world.apply(world.candidate("\x28\xB5\x2F\xFD\x04")), "compression");
}

TEST(GateAttacks, C16RotationLeavesNoGap) {
  World world;
  const SigningKey next{"2027-01", secret_of("next")};
  world.policy.trust.keys.push_back(next.verification_key(Role::release));  // both are trusted
  EXPECT_EQ(world.apply(world.candidate(kSupergraph)), "accepted");
  const Candidate by_old = world.candidate(std::string(kSupergraph) + "#2", world.state.highest_serial);
  world.release = next;
  EXPECT_EQ(world.apply(world.candidate(std::string(kSupergraph) + "#1", world.state.highest_serial)), "accepted");
  world.policy.trust.keys.erase(world.policy.trust.keys.begin());  // the old one is removed
  world.state = {};
  EXPECT_NE(world.apply(by_old), "accepted");
  EXPECT_EQ(world.apply(world.candidate(std::string(kSupergraph) + "#3")), "accepted");
}

TEST(GateAttacks, C16RevokedAndExpiredKeysDoNotCount) {
  World world;
  world.policy.trust.revoked = {"2026-11"};
  EXPECT_EQ(world.apply(world.candidate(kSupergraph)), "key_revoked");
  Candidate last_good = world.candidate(kSupergraph);
  last_good.source = SourceKind::last_good;
  EXPECT_EQ(world.apply(last_good), "key_revoked");
  world.policy.trust.revoked.clear();
  world.policy.trust.keys[0].not_after = world.clock.wall() - std::chrono::hours(1);
  EXPECT_EQ(world.apply(world.candidate(kSupergraph)), "key_not_valid");
  EXPECT_EQ(world.apply(last_good), "accepted");
  EXPECT_TRUE(world.events.saw(Alarm::key_past_validity));
  world.policy.trust.keys[0].kid = "another";
  EXPECT_EQ(world.apply(world.candidate(kSupergraph, world.state.highest_serial)), "roles_missing");
}

TEST(GateAttacks, C17RefusalsNeverShowTheExpectedMac) {
  World world;
  Candidate bad = world.candidate(kSupergraph);
  Jws jws = *parse_jws(bad.statement);
  const std::string mac = base64url_encode(jws.signatures[0].signature), hex = hex_encode(jws.signatures[0].signature);
  jws.signatures[0].signature[0] ^= 1;
  bad.statement = print_jws(jws);
  EXPECT_EQ(world.apply(bad), "signature");
  for (const auto& event : world.events.seen) {
    EXPECT_EQ(event.detail.find(mac), std::string::npos);
    EXPECT_EQ(event.detail.find(hex), std::string::npos);
  }
}

TEST(GateAttacks, C18SignedButBrokenGraphsAreRefused) {
  World world;
  for (std::string_view broken :
       {"type Query {", "{ query }", "not graphql", "type Query { a: Int }", "enum join__Graph { A @join__graph }",
        "enum join__Graph { A @join__graph(name: \"a\") }", "enum join__Graph { A @join__graph(name: 1, url: 2) }",
        "enum join__Graph { A @join__graph(name: \"a\", url: \"https://a.shop.internal\") B @join__graph(name: \"a\", "
        "url: \"https://b.shop.internal\") }",
        "schema @link(url: \"https://specs.apollo.dev/join/v0.3\", as: \"j\") { query: Query } enum join__Graph { A "
        "@join__graph(name: \"a\", url: \"https://a.shop.internal\") }"}) {
    EXPECT_EQ(world.apply(world.candidate(broken)), "format") << broken;
  }
}

TEST(GateAttacks, C20DetailsArePrintable) {
  EXPECT_EQ(printable("a\r\nb\x1b[31m\\\xF0\x9F"), "a\\x0d\\x0ab\\x1b[31m\\x5c\\xf0\\x9f");
  EXPECT_EQ(printable(std::string(1u << 20, 'x')).size(), 256u);
}

TEST(GateAttacks, DOneForbiddenUrlRefusesTheWholeArtifact) {
  World world;
  for (std::string_view url :
       {"https://evil.test/", "http://products.shop.internal/", "https://shop.internal/", "https://a.b.shop.internal/",
        "https://products.shop.internal@evil.test/", "https://169.254.169.254/", "https://127.0.0.1/", "", "HTTP://x",
        "https://products.shop.internal:8443/", "https://products.shop.internal./", "file:///etc/passwd"}) {
    const std::string text =
        fmt::format("{}\nextend enum join__Graph {{ X @join__graph(name: \"x\", url: \"{}\") }}", kSupergraph, url);
    EXPECT_EQ(world.apply(world.candidate(text)), "egress") << url;
  }
  // An escape in the SDL is read as the engine reads it.
  EXPECT_EQ(
      world.apply(world.candidate(R"(enum join__Graph { X @join__graph(name: "x", url: "https://\u0065vil.test/") })")),
      "egress");
}

// Each place of an execution config where a URL can stand, also where this router asks nobody today.
TEST(GateAttacks, DOneForbiddenUrlOfAnExecutionConfigRefusesIt) {
  World world;
  const auto config = [](std::string_view fetch, std::string_view subscription, std::string_view routing,
                         std::string_view more) {
    return fmt::format(
        R"({{"engineConfig": {{"datasourceConfigurations": [{{"id": "0", "kind": "GRAPHQL", "customGraphql": {{
      "fetch": {{"url": {{"staticVariableContent": "{}"}}}}, "subscription": {{"url": {{"staticVariableContent": "{}"}}}}}}}}]}},
      "subgraphs": [{{"id": "0", "name": "products", "routingUrl": "{}"}}]{}}})",
        fetch, subscription, routing, more);
  };
  constexpr std::string_view kGood = "https://products.shop.internal/graphql", kEvil = "https://evil.test/";
  EXPECT_EQ(world.apply(world.candidate(config(kEvil, kGood, kGood, ""))), "egress");
  EXPECT_EQ(world.apply(world.candidate(config(kGood, "wss://evil.test/", kGood, ""))), "egress");
  EXPECT_EQ(world.apply(world.candidate(config(kGood, "ws://live.shop.internal/", kGood, ""))), "egress");
  EXPECT_EQ(world.apply(world.candidate(config(kGood, kGood, kEvil, ""))), "egress");
  EXPECT_EQ(
      world.apply(world.candidate(config(kGood, kGood, kGood, R"(, "featureFlagConfigs": {"configByFeatureFlagName":
      {"beta": {"subgraphs": [{"id": "1", "name": "products", "routingUrl": "https://evil.test/"}]}}})"))),
      "egress");
  EXPECT_EQ(world.apply(world.candidate(R"({"engineConfig": {"datasourceConfigurations": [{"customGraphql": {"fetch":
      {"url": {"kind": "ENV_CONFIGURATION_VARIABLE", "environmentVariableName": "SECRET"}}}}]}})")),
            "format");
  EXPECT_EQ(world.apply(world.candidate(R"({"subgraphs": []})")), "format");
  EXPECT_EQ(world.apply(world.candidate(config(kGood, "wss://live.shop.internal/", kGood, ""))), "accepted");
}

}  // namespace
}  // namespace signet::signing
