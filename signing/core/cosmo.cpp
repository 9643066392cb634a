#include "signing/core/cosmo.hpp"

#include "signing/core/key.hpp"

namespace signet::signing {
namespace {

bool matches(const std::optional<Bytes>& mac, std::string_view body, const std::vector<crypto::SecretBytes>& keys) {
  bool good = false;
  if (!mac) return false;
  for (const crypto::SecretBytes& key : keys) {
    if (key.size() < kHmacKeyBytesMin) continue;
    good = crypto::constant_time_equal(crypto::hmac_sha256(key.view(), as_bytes(body)), *mac) || good;
  }
  return good;
}

}  // namespace

std::string cosmo_body_signature(std::string_view body, const crypto::SecretBytes& key) {
  return base64_encode(crypto::hmac_sha256(key.view(), as_bytes(body)));
}

bool verify_cosmo_body(const http::Headers& headers, std::string_view body,
                       const std::vector<crypto::SecretBytes>& keys) {
  if (headers.count("x-signature-sha256") != 1) return false;
  return matches(base64_decode(headers.get("x-signature-sha256")), body, keys);
}

bool verify_cosmo_webhook(const http::Headers& headers, std::string_view body,
                          const std::vector<crypto::SecretBytes>& secrets) {
  if (headers.count("x-cosmo-signature-256") != 1) return false;
  return matches(hex_decode(headers.get("x-cosmo-signature-256")), body, secrets);
}

}  // namespace signet::signing
