#include "router/crypto/crypto.hpp"

#include <gtest/gtest.h>

namespace signet::crypto {
namespace {

TEST(Crypto, Sha256OfAbc) {  // Spec: FIPS 180-4, example
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Crypto, HmacSha256) {  // Spec: RFC 4231 §4.3, test case 2
  EXPECT_EQ(hex_encode(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Crypto, HkdfSha256) {  // Spec: RFC 5869 A.1
  const Bytes key(22, 0x0b);
  const auto salt = *hex_decode("000102030405060708090a0b0c");
  const auto info = *hex_decode("f0f1f2f3f4f5f6f7f8f9");
  EXPECT_EQ(hex_encode(hkdf_sha256(key, salt, as_text(info), 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

TEST(Crypto, ConstantTimeEqualComparesAllBytes) {
  EXPECT_TRUE(constant_time_equal(as_bytes("same"), as_bytes("same")));
  EXPECT_FALSE(constant_time_equal(as_bytes("same"), as_bytes("samf")));
  EXPECT_FALSE(constant_time_equal(as_bytes("same"), as_bytes("sam")));
  EXPECT_TRUE(constant_time_equal({}, {}));
}

TEST(Crypto, Ed25519) {  // Spec: RFC 8032 §7.1, test 2, the key in the PKCS#8 wrapping of RFC 8410
  const auto secret = *hex_decode("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  Bytes der = *hex_decode("302e020100300506032b657004220420");
  der.insert(der.end(), secret.begin(), secret.end());
  auto key = Ed25519PrivateKey::from_pem("-----BEGIN PRIVATE KEY-----\n" + base64_encode(der) +
                                         "\n-----END PRIVATE KEY-----\n");
  ASSERT_TRUE(key) << key.error().message;
  const Bytes message{0x72};
  const auto signature = key->sign(message);
  EXPECT_EQ(hex_encode(signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(key->public_key().verify(message, signature));
  EXPECT_FALSE(key->public_key().verify(as_bytes("other"), signature));
  auto again = Ed25519PublicKey::from_pem(key->public_key().pem());
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->verify(message, signature));
  EXPECT_FALSE(Ed25519PublicKey::from_pem("garbage"));
}

}  // namespace
}  // namespace signet::crypto
