#include "signing/core/key.hpp"

#include <gtest/gtest.h>

#include "signing/core/trust_policy.hpp"
#include "tests/support/signing_world.hpp"

namespace signet::signing {
namespace {

using testing_support::secret_of;
using testing_support::World;

constexpr std::string_view kGood = "q8Zr1vT4wLx0NcYb7JmKfHs2PdGe5UaX";

TEST(HmacKey, OneFinalNewlineIsStripped) {  // C3
  for (std::string_view tail : {"", "\n", "\r\n"}) {
    const auto key = parse_hmac_secret(std::string(kGood) + std::string(tail));
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(as_text(key->view()), kGood);
  }
}

TEST(HmacKey, WeakKeysAreRefusedWithoutShowingThem) {  // C3
  const std::string good(kGood);
  for (const std::string& bad :
       {std::string(), std::string("\n"), std::string("sign_key"), std::string("        "), std::string(40, ' '),
        std::string("12345678"), good.substr(0, 31), good + "\n\n", "\xEF\xBB\xBF" + good, " " + good, good + " \n",
        std::string(32, 'a'), std::string("abababababababababababababababab"),
        std::string("0123456789abcdef0123456789abcdef"), std::string("CHANGEME-changeme-0123456789-xyzw"),
        std::string("your-256-bit-secret-0123456789-ab"), std::string(5000, 'x')}) {
    const auto key = parse_hmac_secret(bad);
    ASSERT_FALSE(key) << bad;
    if (bad.size() > 8) EXPECT_EQ(key.error().message.find(bad.substr(0, 8)), std::string::npos);
  }
}

// However such a key came to be there.
TEST(HmacKey, ShortKeysVerifyNothing) {  // C3
  const std::string secret(kGood.substr(0, 31));
  for (const std::string& bytes : {std::string(), std::string("k"), secret}) {
    const VerificationKey key{
        .kid = "k", .material = crypto::SecretBytes(as_bytes(bytes)), .not_before = {}, .not_after = {}};
    EXPECT_FALSE(key.verify(as_bytes("m"), crypto::hmac_sha256(as_bytes(bytes), as_bytes("m")))) << bytes.size();
  }
}

TEST(HmacKey, GeneratedKeysAreGood) {
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(parse_hmac_secret(generate_hmac_secret()));
}

TEST(DeriveKey, EveryPartOfTheContextCounts) {  // C9
  const crypto::SecretBytes master = secret_of("master");
  const auto base = derive_key(master, Purpose::release, "shop", "production");
  ASSERT_TRUE(base);
  EXPECT_EQ(base->size(), 32u);
  for (const auto& other : {derive_key(master, Purpose::webhook, "shop", "production"),
                            derive_key(master, Purpose::release, "shop2", "production"),
                            derive_key(master, Purpose::release, "shop", "staging"),
                            derive_key(secret_of("other"), Purpose::release, "shop", "production")}) {
    ASSERT_TRUE(other);
    EXPECT_FALSE(crypto::constant_time_equal(base->view(), other->view()));
  }
  EXPECT_FALSE(derive_key(master, Purpose::release, "a/b", "c"));
  EXPECT_FALSE(derive_key(master, Purpose::release, "", "c"));
  EXPECT_FALSE(derive_key(crypto::SecretBytes(as_bytes("short")), Purpose::release, "a", "b"));
}

TEST(PlainName, IsOnePathSegment) {  // C15, C20
  for (std::string_view good : {"a", "2026-11", "shop.v2", "A_b-C.d"}) EXPECT_TRUE(is_plain_name(good)) << good;
  for (std::string_view bad : {"", ".", "..", "../x", "a/b", "%2e%2e", "a b", "a\r\nb", "\xF0\x9F\x98\x80", ".a"}) {
    EXPECT_FALSE(is_plain_name(bad)) << bad;
  }
  EXPECT_FALSE(is_plain_name(std::string(129, 'a')));
  EXPECT_FALSE(is_plain_name(std::string_view("a\0b", 3)));
}

TEST(VerificationKey, ValidityHasALeewayOfAMinute) {
  World world;
  VerificationKey key = world.release.verification_key(Role::release);
  const WallTime now = world.clock.wall();
  using std::chrono::seconds;
  key.not_before = now + seconds(60);
  EXPECT_TRUE(key.valid_at(now));
  key.not_before = now + seconds(61);
  EXPECT_FALSE(key.valid_at(now));
  key.not_before.reset();
  key.not_after = now - seconds(60);
  EXPECT_TRUE(key.valid_at(now));
  key.not_after = now - seconds(61);
  EXPECT_FALSE(key.valid_at(now));
}

TEST(TrustPolicy, RefusesWhatWeakensIt) {
  World world;
  EXPECT_TRUE(world.policy.trust.validate(false));
  auto broken = [&](auto change, bool online = false) {
    TrustPolicy trust = world.policy.trust;
    change(trust);
    return !trust.validate(online);
  };
  EXPECT_TRUE(broken([](TrustPolicy& t) { t.keys.clear(); }));
  EXPECT_TRUE(broken([](TrustPolicy& t) { t.keys.erase(t.keys.begin()); }));
  EXPECT_TRUE(broken([](TrustPolicy& t) { t.keys.pop_back(); }));  // no approve key and no webhook
  EXPECT_FALSE(broken([](TrustPolicy& t) { t.keys.pop_back(); }, true));
  EXPECT_TRUE(broken([](TrustPolicy& t) { t.required_roles = {Role::release}; }));
  EXPECT_TRUE(broken([](TrustPolicy& t) { t.required_roles = {Role::approve}; }));
  EXPECT_TRUE(broken([](TrustPolicy& t) { t.required_roles.push_back(Role::approve); }));
  EXPECT_FALSE(broken([](TrustPolicy& t) { t.required_roles.push_back(Role::approve); }, true));
  EXPECT_TRUE(broken([](TrustPolicy& t) { t.revoked = {"2026-11"}; }));
  EXPECT_TRUE(broken([](TrustPolicy& t) { t.keys[1].kid = "2026-11"; }));
  EXPECT_TRUE(broken([](TrustPolicy& t) { t.keys[0].kid = "webhook"; }));
  EXPECT_TRUE(broken([](TrustPolicy& t) { t.graph = "../shop"; }));
  EXPECT_TRUE(broken([](TrustPolicy& t) { t.keys[0].material = crypto::SecretBytes(as_bytes("short")); }));
  EXPECT_TRUE(broken([](TrustPolicy& t) {  // one secret under two kids would fill two roles
    VerificationKey again = t.keys[0];
    again.kid = "again";
    again.role = Role::approve;
    t.keys.push_back(again);
  }));
  EXPECT_TRUE(broken([](TrustPolicy& t) {  // Ed25519 adds to HS256, it does not replace it
    t.keys[0].material = crypto::Ed25519PrivateKey::generate().public_key();
  }));
}

}  // namespace
}  // namespace signet::signing
