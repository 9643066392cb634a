// AES-256-GCM against the published vectors, and against every single altered bit.
#include <gtest/gtest.h>

#include "router/crypto/crypto.hpp"

namespace signet::crypto {
namespace {

struct Vector {
  std::string_view key, nonce, additional, plain, sealed;  // hexadecimal; the tag behind the ciphertext
};

// Spec: McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, test cases 13, 14 and 16
constexpr Vector kVectors[] = {
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "", "",
     "530f8afbc74536b9a963b4f1c4cb738b"},
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "",
     "00000000000000000000000000000000", "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
     "ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
     "bcc9f66276fc6ece0f4e1768cddf8853bb2d551b"},
};

TEST(Aead, PublishedVectors) {
  for (const Vector& vector : kVectors) {
    const Bytes key = *hex_decode(vector.key), nonce = *hex_decode(vector.nonce);
    const Bytes additional = *hex_decode(vector.additional), plain = *hex_decode(vector.plain);
    EXPECT_EQ(hex_encode(aes256gcm_seal(key, nonce, additional, plain)), vector.sealed);
    const auto opened = aes256gcm_open(key, nonce, additional, *hex_decode(vector.sealed));
    ASSERT_TRUE(opened);
    EXPECT_EQ(hex_encode(opened->view()), vector.plain);
  }
}

TEST(Aead, EveryAlteredBitIsNoticed) {
  const Vector& vector = kVectors[2];
  const Bytes inputs[] = {*hex_decode(vector.key), *hex_decode(vector.nonce), *hex_decode(vector.additional),
                          *hex_decode(vector.sealed)};
  for (size_t which = 0; which < 4; ++which) {
    for (size_t bit = 0; bit < inputs[which].size() * 8; ++bit) {
      Bytes altered[] = {inputs[0], inputs[1], inputs[2], inputs[3]};
      altered[which][bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
      EXPECT_FALSE(aes256gcm_open(altered[0], altered[1], altered[2], altered[3])) << which << " " << bit;
    }
  }
}

TEST(Aead, WhatIsCutDoesNotOpen) {
  const Vector& vector = kVectors[2];
  const Bytes sealed = *hex_decode(vector.sealed);
  for (size_t bytes = 0; bytes < sealed.size(); ++bytes) {
    EXPECT_FALSE(aes256gcm_open(*hex_decode(vector.key), *hex_decode(vector.nonce), *hex_decode(vector.additional),
                                ByteView(sealed).first(bytes)))
        << bytes;
  }
}

}  // namespace
}  // namespace signet::crypto
