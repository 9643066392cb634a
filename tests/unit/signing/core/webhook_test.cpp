#include "signing/core/webhook.hpp"

#include <gtest/gtest.h>

#include "router/base/encoding.hpp"

namespace signet::signing {
namespace {

constexpr std::string_view kSecretText = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const WallTime kThen{std::chrono::seconds(1'700'000'000)};

TEST(Webhook, KnownVectorAndFileForms) {  // field-reports no. 5
  for (std::string_view tail : {"", "\n", "\r\n"}) {
    const auto secret = parse_webhook_secret(std::string(kSecretText) + std::string(tail));
    ASSERT_TRUE(secret) << secret.error().message;
    EXPECT_EQ(sign_webhook("msg_1", kThen, R"({"a":1})", *secret).signature,
              "v1,AMaOha7DUT/0J0JMycRuYOBSvbx3WtwLd2khXXbaVj4=");
  }
  const std::string text(kSecretText);
  for (const std::string& bad :
       {text + "\n\n", "\xEF\xBB\xBF" + text, std::string("whsec_"), std::string("whsec_!!!!"), "v1," + text,
        "whsec_" + base64_encode(Bytes(23, 1)), "whsec_" + base64_encode(Bytes(65, 1)), std::string(), " " + text,
        text.substr(0, text.size() - 1), text.substr(6)}) {
    EXPECT_FALSE(parse_webhook_secret(bad)) << bad;
  }
  EXPECT_TRUE(parse_webhook_secret(generate_webhook_secret()));
}

struct Message {
  crypto::SecretBytes secret = *parse_webhook_secret(kSecretText);
  std::string body = R"({"a":1})";
  http::Headers headers;

  Message() { add_webhook_headers(headers, sign_webhook("msg_1", kThen, body, secret)); }
  std::string verify(WallTime now = kThen) const {
    const auto result = verify_webhook(headers, body, {secret}, now);
    return result ? "ok" : std::string(to_text(result.error())).substr(0, 12);
  }
};

TEST(Webhook, W3TimeMustBeWithinFiveMinutes) {
  using std::chrono::seconds;
  const Message message;
  for (int ok : {0, 300, -300}) EXPECT_EQ(message.verify(kThen + seconds(ok)), "ok");
  for (int stale : {301, -301, 86'400}) EXPECT_NE(message.verify(kThen + seconds(stale)), "ok");
}

TEST(Webhook, W2EveryChangeIsNoticed) {
  Message message;
  message.body += " ";
  EXPECT_NE(message.verify(), "ok");
  for (std::string_view name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
    Message missing;
    missing.headers.remove(name);
    EXPECT_NE(missing.verify(), "ok");
    Message twice;
    twice.headers.add(name, twice.headers.get(name));
    EXPECT_NE(twice.verify(), "ok");
  }
  for (std::string_view id : {"msg_2", "", "msg.1", "msg 1", "msg_1,"}) {
    Message other;
    other.headers.set("webhook-id", id);
    EXPECT_NE(other.verify(), "ok") << id;
  }
  for (std::string_view time : {"1700000001", "01700000000", "1.7e9", "+1700000000", "-1", "", "1700000000 ", "x"}) {
    Message other;
    other.headers.set("webhook-timestamp", time);
    EXPECT_NE(other.verify(), "ok") << time;
  }
}

TEST(Webhook, SignatureLists) {
  const std::string good = "v1,AMaOha7DUT/0J0JMycRuYOBSvbx3WtwLd2khXXbaVj4=";
  auto verify = [](std::string_view list) {
    Message message;
    message.headers.set("webhook-signature", list);
    return message.verify() == "ok";
  };
  EXPECT_TRUE(verify(good));
  EXPECT_TRUE(verify("v1,AAAA " + good));
  EXPECT_TRUE(verify("v1a,xyz " + good + " v2,zzz"));
  for (const std::string& bad :
       {std::string(), std::string("v1,"), good.substr(3), "v2," + good.substr(3), "V1," + good.substr(3), good + "=",
        "v1, " + good.substr(3), "v1=" + good.substr(3), good.substr(0, good.size() - 1),
        std::string("v1,AMaOha7DUT/0J0JMycRuYOBSvbx3WtwLd2khXXbaVj5="),
        std::string("v1,a v1,a v1,a v1,a v1,a v1,a v1,a v1,a ") + good}) {
    EXPECT_FALSE(verify(bad)) << bad;
  }
}

TEST(Webhook, FilesHoldOneSecretOnEachLine) {
  const std::string one = generate_webhook_secret(), two = generate_webhook_secret();
  const auto both = parse_webhook_secrets(one + two);
  ASSERT_TRUE(both);
  ASSERT_EQ(both->size(), 2u);
  EXPECT_TRUE(crypto::constant_time_equal(both->front().view(), parse_webhook_secret(one)->view()));
  EXPECT_EQ(parse_webhook_secrets(one)->size(), 1u);
  for (const std::string& wrong :
       {std::string(), std::string("\n"), one + "\n", "\n" + one, one + one, one + "x",
        one + two + generate_webhook_secret() + generate_webhook_secret() + generate_webhook_secret()}) {
    EXPECT_FALSE(parse_webhook_secrets(wrong)) << wrong.size();
  }
}

TEST(Webhook, ASignatureByEachSecretServesThoseWhoKnowOne) {
  const crypto::SecretBytes before(Bytes(32, 8)), after(Bytes(32, 9)), other(Bytes(32, 10));
  const WebhookSignature signature = sign_webhook("msg_1", kThen, "body", {after, before});
  EXPECT_TRUE(verify_webhook_mac(signature, "body", {before}));
  EXPECT_TRUE(verify_webhook_mac(signature, "body", {after}));
  EXPECT_FALSE(verify_webhook_mac(signature, "body", {other}));
  const std::vector<crypto::SecretBytes> none;
  EXPECT_FALSE(verify_webhook_mac(sign_webhook("msg_1", kThen, "body", none), "body", {before}));
}

TEST(Webhook, OldAndNewSecretDuringRotation) {
  const Message message;
  const crypto::SecretBytes next(Bytes(32, 9));
  EXPECT_TRUE(verify_webhook(message.headers, message.body, {next, message.secret}, kThen));
  EXPECT_FALSE(verify_webhook(message.headers, message.body, {next}, kThen));
  EXPECT_FALSE(verify_webhook(message.headers, message.body, {}, kThen));
}

TEST(ReplayGuard, W3AnIdCountsOnce) {
  ReplayGuard guard(3);
  EXPECT_TRUE(guard.admit("a", kThen));
  EXPECT_FALSE(guard.admit("a", kThen + std::chrono::seconds(1)));
  EXPECT_TRUE(guard.admit("b", kThen));
  EXPECT_TRUE(guard.admit("c", kThen));
  EXPECT_FALSE(guard.admit("d", kThen));  // full: refuses rather than forgets
  EXPECT_TRUE(guard.admit("d", kThen + std::chrono::minutes(11)));
}

}  // namespace
}  // namespace signet::signing
