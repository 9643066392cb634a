#include "signing/core/jws.hpp"

#include <gtest/gtest.h>

#include "tests/support/signing_world.hpp"

namespace signet::signing {
namespace {

using testing_support::kSupergraph;
using testing_support::World;

std::string b64(std::string_view text) {
  return base64url_encode(as_bytes(text));
}

std::string jws_of(std::string_view payload, std::string_view protected_text, std::string_view signature) {
  return fmt::format(R"({{"payload":"{}","signatures":[{{"protected":"{}","signature":"{}"}}]}})", payload,
                     protected_text, signature);
}

TEST(Jws, RoundTripsAndAddsSignatures) {
  World world;
  Jws jws = make_jws("payload", world.release);
  EXPECT_TRUE(add_signature(jws, world.approve));
  EXPECT_TRUE(add_signature(jws, world.approve));  // replaces
  const auto again = parse_jws(print_jws(jws));
  ASSERT_TRUE(again) << again.error();
  ASSERT_EQ(again->signatures.size(), 2u);
  EXPECT_EQ(again->payload, "payload");
  EXPECT_TRUE(again->signatures[0].verify(again->payload_text, world.release.verification_key(Role::release)));
  EXPECT_TRUE(again->signatures[1].verify(again->payload_text, world.approve.verification_key(Role::approve)));
  EXPECT_FALSE(again->signatures[0].verify(again->payload_text, world.approve.verification_key(Role::release)));
  EXPECT_FALSE(again->signatures[0].verify(b64("other"), world.release.verification_key(Role::release)));
}

TEST(Jws, EdDsaIsAcceptedOnInput) {
  World world;
  const std::string header = b64(R"({"typ":"signet.statement.v1","alg":"EdDSA","kid":"approver"})");
  const Bytes signature = world.approve.sign(as_bytes(header + "." + b64("payload")));
  const auto jws = parse_jws(jws_of(b64("payload"), header, base64url_encode(signature)));
  ASSERT_TRUE(jws) << jws.error();
  EXPECT_TRUE(jws->signatures[0].verify(jws->payload_text, world.approve.verification_key(Role::approve)));
}

TEST(Jws, AlgorithmComesFromTheKey) {
  World world;  // a token that claims HS256 with the public key as secret, the oldest trick
  const auto public_key = world.approve.verification_key(Role::approve);
  const std::string pem = std::get<crypto::Ed25519PublicKey>(public_key.material).pem();
  const std::string header = b64(R"({"typ":"signet.statement.v1","alg":"HS256","kid":"approver"})");
  const auto mac = crypto::hmac_sha256(as_bytes(pem), as_bytes(header + "." + b64("payload")));
  const auto jws = parse_jws(jws_of(b64("payload"), header, base64url_encode(mac)));
  ASSERT_TRUE(jws);
  EXPECT_FALSE(jws->signatures[0].verify(jws->payload_text, public_key));
}

std::vector<std::string> malformed_forms() {  // C2: more than 40
  const std::string header = R"({"typ":"signet.statement.v1","alg":"HS256","kid":"k"})";
  const std::string h = b64(header), p = b64("payload"), s = base64url_encode(crypto::sha256("x"));
  std::vector<std::string> out = {
      "",
      " ",
      "null",
      "[]",
      "{}",
      "\"" + h + "." + p + "." + s + "\"",
      h + "." + p + "." + s,
      R"({"payload":")" + p + R"(","protected":")" + h + R"(","signature":")" + s + "\"}",  // flattened form
      R"({"payload":")" + p + R"(","signatures":[]})",
      R"({"payload":")" + p + R"(","signatures":{}})",
      R"({"payload":")" + p + R"(","signatures":null})",
      R"({"payload":")" + p + R"(","signatures":["x"]})",
      R"({"payload":1,"signatures":[{"protected":")" + h + R"(","signature":")" + s + "\"}]}",
      R"({"signatures":[{"protected":")" + h + R"(","signature":")" + s + "\"}]}",
      R"({"payload":")" + p + R"(","signatures":[{"signature":")" + s + "\"}]}",
      R"({"payload":")" + p + R"(","signatures":[{"protected":")" + h + "\"}]}",
      R"({"payload":")" + p + R"(","signatures":[{"protected":")" + h + R"(","header":{},"signature":")" + s + "\"}]}",
      R"({"payload":")" + p + R"(","x":1,"signatures":[{"protected":")" + h + R"(","signature":")" + s + "\"}]}",
      R"({"payload":")" + p + R"(","payload":")" + p + R"(","signatures":[{"protected":")" + h + R"(","signature":")" +
          s + "\"}]}",
      jws_of(p + "=", h, s),
      jws_of(p, h + "=", s),
      jws_of(p, h, s + "="),
      jws_of(p + "\\n", h, s),
      jws_of(p, h, ""),
      jws_of(p, "", s),
      jws_of(p, h, "!!!!"),
      jws_of(p, h, " " + s),
      jws_of(p, h, s + " "),
      jws_of(p, h, hex_encode(crypto::sha256("x"))),     // 48 bytes when read as base64url
      jws_of(p, h, base64_encode(crypto::sha256("x"))),  // padding
      jws_of(p, h, "++++" + s.substr(4)),
      jws_of(p, h, "////" + s.substr(4)),             // standard alphabet
      jws_of(p, h, s.substr(0, s.size() - 1) + "B"),  // unused bits set
      jws_of(p, h, std::string(120, 'A')),
      "\xEF\xBB\xBF" + jws_of(p, h, s),
      jws_of(p, h, s) + "x",
      jws_of(p, h, s) + jws_of(p, h, s)};
  for (std::string_view bad : {R"({"typ":"signet.statement.v1","alg":"none","kid":"k"})",
                               R"({"typ":"signet.statement.v1","alg":"hs256","kid":"k"})",
                               R"({"typ":"signet.statement.v1","alg":"HS512","kid":"k"})",
                               R"({"typ":"signet.statement.v1","alg":"RS256","kid":"k"})",
                               R"({"typ":"JWT","alg":"HS256","kid":"k"})",
                               R"({"alg":"HS256","kid":"k"})",
                               R"({"typ":"signet.statement.v1","alg":"HS256"})",
                               R"({"typ":"signet.statement.v1","kid":"k"})",
                               R"({"typ":"signet.statement.v1","alg":"HS256","kid":"k","crit":["b64"]})",
                               R"({"typ":"signet.statement.v1","alg":"HS256","kid":"k","b64":false})",
                               R"({"typ":"signet.statement.v1","alg":"HS256","kid":"k","jwk":{}})",
                               R"({"typ":"signet.statement.v1","alg":"HS256","kid":"k","jku":"https://x"})",
                               R"({"typ":"signet.statement.v1","alg":"HS256","kid":"k","x5c":[]})",
                               R"({"typ":"signet.statement.v1","alg":"HS256","kid":"k","kid":"k"})",
                               R"({"typ":"signet.statement.v1","alg":"none","alg":"HS256","kid":"k"})",
                               R"({"typ":"signet.statement.v1","alg":["HS256"],"kid":"k"})",
                               R"({"typ":"signet.statement.v1","alg":"HS256","kid":1})",
                               R"({"typ":"signet.statement.v1","alg":"HS256","kid":"../k"})",
                               R"({"typ":"signet.statement.v1","alg":"HS256","kid":""})",
                               R"([])",
                               R"("x")",
                               R"({"typ":"signet.statement.v1","alg":"HS256","kid":"k"} x)"}) {
    out.push_back(jws_of(p, b64(bad), s));
  }
  return out;
}

TEST(Jws, MalformedFormsAreRefused) {  // C2
  const auto forms = malformed_forms();
  EXPECT_GE(forms.size(), 40u);
  for (const std::string& form : forms) EXPECT_FALSE(parse_jws(form)) << form;
}

TEST(Jws, ManyOrDoubleSignaturesAreRefused) {
  World world;
  Jws jws = make_jws("payload", world.release);
  for (int i = 0; i < 15; ++i) {
    EXPECT_TRUE(add_signature(jws, SigningKey{"k" + std::to_string(i), testing_support::secret_of("x")}));
  }
  EXPECT_TRUE(parse_jws(print_jws(jws)));
  EXPECT_FALSE(add_signature(jws, SigningKey{"k16", testing_support::secret_of("x")}));
  jws.signatures.push_back(sign_jws(jws.payload_text, SigningKey{"k16", testing_support::secret_of("x")}));
  EXPECT_FALSE(parse_jws(print_jws(jws)));
  jws = make_jws("payload", world.release);
  jws.signatures.push_back(jws.signatures[0]);
  EXPECT_FALSE(parse_jws(print_jws(jws)));
}

}  // namespace
}  // namespace signet::signing
