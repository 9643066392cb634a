#include "signing/core/verdict.hpp"

#include <gtest/gtest.h>

#include "tests/support/signing_world.hpp"

namespace signet::signing {
namespace {

using testing_support::kSupergraph;
using testing_support::World;

struct Fixture {
  World world;
  Statement statement = world.statement(kSupergraph);
  Jws jws = make_jws(print_statement(statement), world.release);
  std::vector<crypto::SecretBytes> secrets{world.webhook_secret};
  std::string uid = new_review_uid(jws);

  std::string body(std::string_view allowed = "true", std::string_view extra = "") const {
    return fmt::format(R"({{"response":{{"uid":"{}","allowed":{},"sha256":"{}"{}}}}})", uid, allowed, statement.sha256,
                       extra);
  }
  StoredVerdict signed_by_secret(std::string text) const {
    StoredVerdict verdict{.uid = uid, .body = std::move(text), .signature = {}};
    verdict.signature = sign_webhook("msg_1", world.clock.wall(), verdict.body, world.webhook_secret);
    return verdict;
  }
  std::string verify(const StoredVerdict& verdict) const {
    const auto approval = verify_verdict(verdict, {.jws = jws,
                                                   .statement = statement,
                                                   .trust = world.policy.trust,
                                                   .webhook_secrets = secrets,
                                                   .now = world.clock.wall()});
    return approval ? approval->signer.kid : std::string(info(approval.error().reason).code);
  }
  /// A router that cannot tell the approver's approvals: it has the shared secret only.
  void shared_secret_only() {
    std::erase_if(world.policy.trust.keys, [](const VerificationKey& key) { return key.role == Role::approve; });
  }
  std::string with_approval(const JwsSignature& signature) const {
    return body("true", ",\"approval\":" + print_jws_signature(signature));
  }
};

TEST(Verdict, AnApprovalCountsWhereItsKeyIsListed) {
  Fixture f;
  EXPECT_EQ(f.verify({f.uid, f.with_approval(sign_jws(f.jws.payload_text, f.world.approve)), {}}), "approver");
  f.shared_secret_only();
  EXPECT_EQ(f.verify({f.uid, f.with_approval(sign_jws(f.jws.payload_text, f.world.approve)), {}}),
            "admission_signature");
}

TEST(Verdict, W1TheSharedSecretCountsOnlyWhereNoApproveKeyIsListed) {
  Fixture f;
  EXPECT_EQ(f.verify(f.signed_by_secret(f.body())), "admission_signature");
  f.shared_secret_only();
  EXPECT_EQ(f.verify(f.signed_by_secret(f.body())), "webhook");
  f.world.policy.trust.keys.push_back({"hmac", Role::approve, testing_support::secret_of("approve"), {}, {}});
  EXPECT_EQ(f.verify(f.signed_by_secret(f.body())), "webhook");
}

TEST(Verdict, TheLowestSerialIsANumber) {
  Fixture f;
  f.shared_secret_only();
  EXPECT_EQ(f.verify(f.signed_by_secret(f.body("true", ",\"minSerial\":7"))), "webhook");
  EXPECT_EQ(f.verify(f.signed_by_secret(f.body("true", ",\"minSerial\":null"))), "webhook");
  for (std::string_view wrong : {"\"7\"", "-1", "7.5", "true", "99999999999999999999"}) {
    EXPECT_EQ(f.verify(f.signed_by_secret(f.body("true", fmt::format(",\"minSerial\":{}", wrong)))),
              "admission_malformed")
        << wrong;
  }
}

TEST(Verdict, W1AnswersWithoutProofAreRefused) {
  Fixture secret_only;
  secret_only.shared_secret_only();
  EXPECT_EQ(secret_only.verify({secret_only.uid, secret_only.body(), {}}), "admission_signature");
  StoredVerdict wrong = secret_only.signed_by_secret(secret_only.body());
  wrong.signature.id = "msg_2";
  EXPECT_EQ(secret_only.verify(wrong), "admission_signature");
  secret_only.secrets.clear();
  EXPECT_EQ(secret_only.verify(secret_only.signed_by_secret(secret_only.body())), "admission_signature");
  Fixture f;
  const SigningKey stranger{"approver", crypto::Ed25519PrivateKey::generate()};
  EXPECT_EQ(f.verify({f.uid, f.with_approval(sign_jws(f.jws.payload_text, stranger)), {}}), "admission_signature");
  EXPECT_EQ(f.verify({f.uid, f.with_approval(sign_jws(f.jws.payload_text, f.world.release)), {}}),
            "admission_signature");  // the release key may not approve
  const Jws other = make_jws(print_statement(f.world.statement("other")), f.world.approve);
  EXPECT_EQ(f.verify({f.uid, f.with_approval(other.signatures[0]), {}}), "admission_signature");
}

TEST(Verdict, W5AnswersAboutSomethingElseAreRefused) {
  Fixture f;
  StoredVerdict verdict = f.signed_by_secret(f.body());
  verdict.uid += "0";
  EXPECT_EQ(f.verify(verdict), "admission_mismatch");
  Fixture other;
  other.statement.serial += 1;  // the same bytes under another statement
  other.jws = make_jws(print_statement(other.statement), other.world.release);
  EXPECT_EQ(other.verify(f.signed_by_secret(f.body())), "admission_mismatch");
  std::string text = f.body();
  text.replace(text.find(f.statement.sha256), 64, std::string(64, 'a'));
  EXPECT_EQ(f.verify(f.signed_by_secret(text)), "admission_mismatch");
}

TEST(Verdict, W6OnlyAPlainTrueIsYes) {
  Fixture f;
  EXPECT_EQ(f.verify(f.signed_by_secret(f.body("false"))), "admission_denied");
  for (std::string_view allowed : {"\"true\"", "1", "null", "[]", "\"false\""}) {
    EXPECT_EQ(f.verify(f.signed_by_secret(f.body(allowed))), "admission_malformed") << allowed;
  }
  for (std::string text :
       {std::string(), std::string("<html>"), std::string("{}"), std::string(R"({"response":null})"),
        std::string("true"), std::string(R"({"response":{"allowed":true}})"), f.body("true,\"allowed\":false"),
        f.body() + "x", f.body("true", ",\"approval\":\"x\""), f.body("true", ",\"approval\":{}")}) {
    EXPECT_EQ(f.verify(f.signed_by_secret(text)), "admission_malformed") << text;
  }
  EXPECT_EQ(f.verify(f.signed_by_secret(f.body() + std::string(1u << 20, ' '))), "admission_malformed");  // W7
}

TEST(Verdict, W9DenialsAreShownSafely) {
  Fixture f;
  const std::string text = f.body("false", R"(,"status":{"message":"no\r\n\u001b[31m)" + std::string(500, 'x') + "\"}");
  const auto signer = verify_verdict(f.signed_by_secret(text), {.jws = f.jws,
                                                                .statement = f.statement,
                                                                .trust = f.world.policy.trust,
                                                                .webhook_secrets = f.secrets,
                                                                .now = f.world.clock.wall()});
  ASSERT_FALSE(signer);
  EXPECT_EQ(signer.error().detail.find('\n'), std::string::npos);
  EXPECT_EQ(signer.error().detail.find('\x1b'), std::string::npos);
  EXPECT_LE(signer.error().detail.size(), 300u);
}

TEST(Verdict, AReflectedRequestIsNoAnswer) {
  Fixture f;  // the request is signed with the same secret, so it must not be readable as an answer
  EXPECT_EQ(f.verify(f.signed_by_secret(R"({"apiVersion":"x","kind":"ConfigReview","request":{"uid":")" + f.uid +
                                        R"(","allowed":true}})")),
            "admission_malformed");
}

}  // namespace
}  // namespace signet::signing
