// Statements as an attacker would write them, each signed as well as he can, and the reason for which the gate refuses
// it. jws_test.cpp has the forms that no parser takes; here stand the tricks of RFC 8725 and of known faults in
// libraries.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/signing_world.hpp"

namespace signet::signing {
namespace {

using testing_support::kSupergraph;
using testing_support::secret_of;
using testing_support::World;

std::string b64(std::string_view text) {
  return base64url_encode(as_bytes(text));
}

struct Signed {
  std::string header, signature;  // base64url
};

std::string jws_of(std::string_view payload, const std::vector<Signed>& signatures) {
  std::string list;
  for (const Signed& each : signatures) {
    list +=
        fmt::format(R"({}{{"protected":"{}","signature":"{}"}})", list.empty() ? "" : ",", each.header, each.signature);
  }
  return fmt::format(R"({{"payload":"{}","signatures":[{}]}})", payload, list);
}

/// Good artifact, good keys; what is wrong is the statement that a test puts in.
struct Attack {
  World world;
  const Candidate good = world.candidate(kSupergraph);
  const std::string payload = parse_jws(good.statement)->payload_text;

  // By the release key itself, over whatever header: nothing but the form can be wrong.
  Signed by_release(std::string_view header) const {
    return {b64(header), base64url_encode(world.release.sign(as_bytes(b64(header) + "." + payload)))};
  }
  Signed by_approve(std::string_view header) const {
    return {b64(header), base64url_encode(world.approve.sign(as_bytes(b64(header) + "." + payload)))};
  }
  Signed honest_release() const { return by_release(R"({"typ":"signet.statement.v1","alg":"HS256","kid":"2026-11"})"); }
  Signed honest_approve() const {
    return by_approve(R"({"typ":"signet.statement.v1","alg":"Ed25519","kid":"approver"})");
  }

  // "reason: detail" of the refusal, or what else came of it.
  std::string verdict(const std::string& statement) {
    Candidate candidate = good;
    candidate.statement = statement;
    const Examination result = world.examine(candidate);
    const auto* refusal = std::get_if<Refusal>(&result);
    return refusal == nullptr ? World::verdict_of(result)
                              : fmt::format("{}: {}", info(refusal->reason).code, refusal->detail);
  }
};

TEST(HostileStatements, TheHonestOneGetsIn) {
  Attack attack;
  EXPECT_EQ(attack.verdict(jws_of(attack.payload, {attack.honest_release(), attack.honest_approve()})), "accepted");
}

TEST(HostileStatements, MembersOfAProtectedHeaderBeyondTheThree) {
  Attack attack;
  for (std::string_view more :
       {R"("jwk":{"kty":"oct","k":"AAAA"})", R"("jku":"https://evil.test/keys")", R"("x5u":"https://evil.test/chain")",
        R"("x5c":["MIIB"])", R"("x5t":"AAAA")", R"("x5t#S256":"AAAA")", R"("cty":"json")", R"("zip":"DEF")",
        R"("enc":"A256GCM")", R"("url":"https://evil.test")", R"("nonce":"1")", R"("b64":true)", R"("crit":[])",
        R"("Alg":"HS256")", R"("":"")"}) {
    const auto header = fmt::format(R"({{"typ":"signet.statement.v1","alg":"HS256","kid":"2026-11",{}}})", more);
    const std::string verdict =
        attack.verdict(jws_of(attack.payload, {attack.by_release(header), attack.honest_approve()}));
    EXPECT_TRUE(verdict.starts_with("statement_malformed: a protected header ")) << more << " " << verdict;
  }
}

TEST(HostileStatements, AlgorithmsThatAreNone) {
  Attack attack;
  for (std::string_view alg :
       {"none",  "None",  "NONE",  "nOnE",  " none",  "none ",   "",      "null",  "HS256 ", "Hs256",
        "HS384", "RS256", "PS256", "ES256", "ES256K", "ed25519", "EDDSA", "Ed448", "dir",    "A256KW"}) {
    const auto header = fmt::format(R"({{"typ":"signet.statement.v1","alg":"{}","kid":"2026-11"}})", alg);
    Signed unsigned_one{b64(header), ""};
    for (const Signed& first : {attack.by_release(header), unsigned_one}) {
      EXPECT_EQ(attack.verdict(jws_of(attack.payload, {first, attack.honest_approve()})),
                "statement_malformed: a protected header's alg is neither HS256 nor Ed25519")
          << alg;
    }
  }
}

TEST(HostileStatements, AnEmptySignatureIsNone) {
  Attack attack;
  Signed empty = attack.honest_release();
  empty.signature.clear();
  EXPECT_EQ(attack.verdict(jws_of(attack.payload, {empty, attack.honest_approve()})),
            "statement_malformed: a signature has 0 bytes; HS256 has 32");
  Signed zeros = attack.honest_release();
  zeros.signature = base64url_encode(Bytes(32, 0));
  EXPECT_EQ(attack.verdict(jws_of(attack.payload, {zeros, attack.honest_approve()})),
            "signature: the signature by 2026-11 does not verify");
}

// The public key is no secret: who takes it for one, in whatever spelling, lets everybody sign.
TEST(HostileStatements, Hs256OverThePublicKey) {
  Attack attack;
  const auto key = attack.world.approve.verification_key(Role::approve);
  const std::string pem = std::get<crypto::Ed25519PublicKey>(key.material).pem();
  const std::string header = b64(R"({"typ":"signet.statement.v1","alg":"HS256","kid":"approver"})");
  for (const std::string& secret : {pem, pem.substr(0, pem.size() - 1), std::string()}) {
    const auto mac = crypto::hmac_sha256(as_bytes(secret), as_bytes(header + "." + attack.payload));
    EXPECT_EQ(attack.verdict(jws_of(attack.payload, {attack.honest_release(), {header, base64url_encode(mac)}})),
              "signature: the signature by approver does not verify");
  }
}

TEST(HostileStatements, AKeyUnderTheKidOfAnother) {
  Attack attack;
  const Signed as_approver = attack.by_release(R"({"typ":"signet.statement.v1","alg":"HS256","kid":"approver"})");
  EXPECT_EQ(attack.verdict(jws_of(attack.payload, {attack.honest_release(), as_approver})),
            "signature: the signature by approver does not verify");
  const Signed as_release = attack.by_approve(R"({"typ":"signet.statement.v1","alg":"Ed25519","kid":"2026-11"})");
  EXPECT_EQ(attack.verdict(jws_of(attack.payload, {as_release, attack.honest_approve()})),
            "signature: the signature by 2026-11 does not verify");
}

TEST(HostileStatements, OneKeyCountsOnceHoweverOftenItSigns) {
  Attack attack;
  attack.world.policy.trust.required_roles = {Role::release, Role::approve, Role::approve};
  const Signed release = attack.honest_release(), approve = attack.honest_approve();
  const Signed again = attack.by_approve(R"({"kid":"approver","alg":"EdDSA","typ":"signet.statement.v1"})");
  EXPECT_EQ(attack.verdict(jws_of(attack.payload, {release, approve})),
            "admission_required: one approve signature is missing");
  for (const Signed& second : {approve, again}) {
    EXPECT_EQ(attack.verdict(jws_of(attack.payload, {release, approve, second})),
              "statement_malformed: the JWS has two signatures by one kid");
  }
  // Under a kid that nobody listed it is passed over.
  const Signed alias = attack.by_approve(R"({"typ":"signet.statement.v1","alg":"Ed25519","kid":"approver-2"})");
  EXPECT_EQ(attack.verdict(jws_of(attack.payload, {release, approve, alias})),
            "admission_required: one approve signature is missing");
  // Listed under both kids it would be a policy that no router starts with.
  VerificationKey twice = attack.world.policy.trust.keys[1];
  twice.kid = "approver-2";
  attack.world.policy.trust.keys.push_back(twice);
  EXPECT_FALSE(attack.world.policy.trust.validate(false));
}

TEST(HostileStatements, MoreSignaturesThanTheCap) {
  Attack attack;
  std::vector<Signed> signatures{attack.honest_release(), attack.honest_approve()};
  while (signatures.size() < kSignaturesMax) {
    signatures.push_back(attack.by_release(
        fmt::format(R"({{"typ":"signet.statement.v1","alg":"HS256","kid":"stranger-{}"}})", signatures.size())));
  }
  EXPECT_EQ(attack.verdict(jws_of(attack.payload, signatures)), "accepted");
  signatures.push_back(attack.by_release(R"({"typ":"signet.statement.v1","alg":"HS256","kid":"one-more"})"));
  EXPECT_EQ(attack.verdict(jws_of(attack.payload, signatures)),
            "statement_malformed: the JWS has 17 signatures; 1 to 16 are allowed");
}

TEST(HostileStatements, KidsOfAnySize) {
  Attack attack;
  const auto with_kid = [&](const std::string& kid) {
    const auto header = fmt::format(R"({{"typ":"signet.statement.v1","alg":"HS256","kid":"{}"}})", kid);
    return attack.verdict(jws_of(attack.payload, {attack.by_release(header), attack.honest_approve()}));
  };
  EXPECT_EQ(with_kid(std::string(128, 'k')), "roles_missing: no HS256 release signature counts");
  EXPECT_EQ(with_kid(std::string(129, 'k')), "statement_malformed: a protected header's kid is not a plain name");
  EXPECT_EQ(with_kid(std::string(500, 'k')), "statement_malformed: a protected header is longer than 512 bytes");
  const std::string huge = with_kid(std::string(1u << 20, 'k'));
  EXPECT_TRUE(huge.starts_with("statement_malformed: the JWS has ")) << huge.substr(0, 200);
  EXPECT_TRUE(huge.ends_with(" bytes; at most 65536 are allowed")) << huge.substr(0, 200);
  for (std::string_view kid :
       {"../2026-11", "2026-11\\u0000", "2026-11\\n", "2026-11 OR 1=1", "\\u0430pprover", "%00"}) {
    EXPECT_EQ(with_kid(std::string(kid)), "statement_malformed: a protected header's kid is not a plain name") << kid;
  }
}

// The payload is signed as it stands: a second reader must not find another statement in it.
TEST(HostileStatements, NamesThatStandTwice) {
  Attack attack;
  const auto refused = [&](const std::string& statement) {
    const std::string verdict = attack.verdict(statement);
    EXPECT_TRUE(verdict.starts_with("statement_malformed: ")) << verdict;
  };
  const std::string honest = jws_of(attack.payload, {attack.honest_release(), attack.honest_approve()});
  for (std::string_view member : {"payload", "signatures", "protected", "signature"}) {
    const std::string quoted = fmt::format("\"{}\":", member);
    const size_t at = honest.find(quoted);
    ASSERT_NE(at, std::string::npos);
    refused(std::string(honest).insert(at, quoted + "\"\","));
    refused(std::string(honest).insert(
        at, fmt::format("\"\\u{:04x}{}\":\"\",", static_cast<unsigned>(member[0]), member.substr(1))));
  }
  for (std::string_view twice : {R"({"typ":"signet.statement.v1","alg":"HS256","kid":"2026-11","kid":"2026-11"})",
                                 R"({"typ":"signet.statement.v1","alg":"HS256","\u006bid":"2026-11","kid":"2026-11"})",
                                 R"({"typ":"signet.statement.v1","alg":"none","alg":"HS256","kid":"2026-11"})"}) {
    refused(jws_of(attack.payload, {attack.by_release(twice), attack.honest_approve()}));
  }
}

// One statement has one spelling, or two caches would hold two of it.
TEST(HostileStatements, Base64InAnotherSpelling) {
  Attack attack;
  const Signed release = attack.honest_release(), approve = attack.honest_approve();
  const auto refused = [&](const std::string& payload, const Signed& first, std::string_view part) {
    EXPECT_EQ(attack.verdict(jws_of(payload, {first, approve})),
              fmt::format("statement_malformed: {} is not canonical base64url without padding", part));
  };
  for (std::string_view tail : {"=", "==", "%3D", " ", "\\n", "\\u0000", "."}) {
    const std::string more(tail);
    refused(attack.payload + more, release, "the payload");
    refused(attack.payload, {release.header + more, release.signature}, "protected or signature");
    refused(attack.payload, {release.header, release.signature + more}, "protected or signature");
  }
  const Bytes mac = base64url_decode(release.signature).value();
  refused(attack.payload, {release.header, base64_encode(mac)}, "protected or signature");
}

}  // namespace
}  // namespace signet::signing
