#include "signing/core/cosmo.hpp"

#include "router/json/document.hpp"
#include "signing/core/key.hpp"

namespace signet::signing {
namespace {

// An empty key is everybody's key.
bool matches(ByteView mac, std::string_view body, const crypto::SecretBytes& key) {
  return key.size() >= kHmacKeyBytesMin &&
         crypto::constant_time_equal(crypto::hmac_sha256(key.view(), as_bytes(body)), mac);
}

}  // namespace

std::string cosmo_body_signature(std::string_view body, const crypto::SecretBytes& key) {
  return base64_encode(crypto::hmac_sha256(key.view(), as_bytes(body)));
}

bool CosmoKey::same_secret(const VerificationKey& other) const {
  const auto* known = std::get_if<crypto::SecretBytes>(&other.material);
  return known != nullptr && crypto::constant_time_equal(known->view(), secret.view());
}

const CosmoKey* find_signer(const BodySignature& signature, std::string_view body, const std::vector<CosmoKey>& keys) {
  if (signature.values.size() != 1) return nullptr;
  const auto mac = base64_decode(signature.values.front());
  if (!mac) return nullptr;
  const CosmoKey* signer = nullptr;
  for (const CosmoKey& key : keys) {
    if (matches(*mac, body, key.secret)) signer = &key;
  }
  return signer;
}

std::string cosmo_version(std::string_view body) {
  constexpr size_t kVersionBytesMax = 256;
  if (!body.starts_with('{')) return {};
  const auto document = json::Document::parse(body);
  if (!document) return {};
  const json::NodeId node = document->find(document->root(), "version");
  if (!node.valid() || document->kind(node) != json::Kind::string) return {};
  std::string version = document->string(node);
  return version.size() <= kVersionBytesMax ? version : std::string();
}

bool verify_cosmo_webhook(const http::Headers& headers, std::string_view body,
                          const std::vector<crypto::SecretBytes>& secrets) {
  if (headers.count("x-cosmo-signature-256") != 1) return false;
  const auto mac = hex_decode(headers.get("x-cosmo-signature-256"));
  bool good = false;
  for (const crypto::SecretBytes& secret : secrets) good = (mac && matches(*mac, body, secret)) || good;
  return good;
}

}  // namespace signet::signing
