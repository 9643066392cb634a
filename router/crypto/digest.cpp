#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "router/base/check.hpp"
#include "router/crypto/crypto.hpp"

namespace signet::crypto {

Sha256 sha256(ByteView bytes) {
  Sha256 out;
  SHA256(bytes.data(), bytes.size(), out.data());
  return out;
}

std::string sha256_hex(std::string_view text) {
  return hex_encode(sha256(text));
}

Sha256 hmac_sha256(ByteView key, ByteView message) {
  Sha256 out;
  unsigned length = 0;
  const void* bytes = key.empty() ? static_cast<const void*>("") : key.data();
  SIGNET_CHECK(HMAC(EVP_sha256(), bytes, static_cast<int>(key.size()), message.data(), message.size(), out.data(),
                    &length) != nullptr &&
               length == out.size());
  return out;
}

Bytes hkdf_sha256(ByteView key, ByteView salt, std::string_view info, size_t length) {
  SIGNET_CHECK(length <= size_t{255} * 32);
  const Sha256 pseudorandom_key = hmac_sha256(salt, key);
  Bytes out;
  Bytes block;
  for (uint8_t counter = 1; out.size() < length; ++counter) {
    block.insert(block.end(), info.begin(), info.end());
    block.push_back(counter);
    const Sha256 next = hmac_sha256(pseudorandom_key, block);
    block.assign(next.begin(), next.end());
    out.insert(out.end(), next.begin(), next.end());
  }
  out.resize(length);
  return out;
}

bool constant_time_equal(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void random_bytes(std::span<uint8_t> out) {
  SIGNET_CHECK(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

}  // namespace signet::crypto
