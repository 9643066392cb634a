#include "signing/core/key.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <fmt/format.h>

namespace signet::signing {
namespace {

constexpr std::chrono::seconds kLeeway{60};
constexpr size_t kDistinctBytesMin = 8;

// Secrets that documentation and sample files are full of; compared without case.
constexpr auto kSampleSecrets = std::to_array<std::string_view>({
    "0123456789abcdef0123456789abcdef",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "a-string-secret-at-least-256-bits-long",
    "a-very-long-secret-key-that-is-at-least-32-bytes",
    "abcdefghijklmnopqrstuvwxyz012345",
    "abcdefghijklmnopqrstuvwxyz123456",
    "changemechangemechangemechangeme",
    "change-me-change-me-change-me-change-me",
    "this-is-a-secret-key-please-change-it",
    "thisisasecretkeythatshouldbechanged",
    "your-256-bit-secret-your-256-bit-secret",
    "your-secret-key-your-secret-key-",
    "your_32_character_secret_key_here",
    "supersecretsupersecretsupersecret",
    "12345678901234567890123456789012",
});

// Those often occur with something before or after them.
constexpr auto kSampleParts = std::to_array<std::string_view>(
    {"your-256-bit-secret", "changeme", "change-me", "change_me", "sign_key", "example-key", "placeholder"});

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool is_sample(std::string_view secret) {
  std::string text(secret);
  std::ranges::transform(text, text.begin(), lower);
  const bool whole = std::ranges::find(kSampleSecrets, text) != kSampleSecrets.end();
  const bool part = std::ranges::any_of(
      kSampleParts, [&](std::string_view sample) { return text.find(sample) != std::string::npos; });
  crypto::wipe({reinterpret_cast<uint8_t*>(text.data()), text.size()});
  return whole || part;
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::unexpected<Error> bad_key(std::string message) {
  return fail(ErrorCode::CRYPTO_ERROR, std::move(message));
}

}  // namespace

std::string_view to_text(Algorithm algorithm) {
  return algorithm == Algorithm::hs256 ? "HS256" : "Ed25519";
}
std::string_view to_text(Role role) {
  return role == Role::release ? "release" : "approve";
}
std::optional<Algorithm> parse_algorithm(std::string_view text) {
  if (text == "HS256") return Algorithm::hs256;
  if (text == "Ed25519" || text == "EdDSA") return Algorithm::ed25519;
  return std::nullopt;
}
std::optional<Role> parse_role(std::string_view text) {
  if (text == "release") return Role::release;
  if (text == "approve") return Role::approve;
  return std::nullopt;
}

Result<crypto::SecretBytes> parse_hmac_secret(std::string_view file) {
  if (file.size() > kKeyFileBytesMax) {
    return bad_key(fmt::format("the key file has {} bytes; at most {} are allowed", file.size(), kKeyFileBytesMax));
  }
  if (file.starts_with("\xEF\xBB\xBF")) return bad_key("the key file starts with a byte-order mark; remove it");
  std::string_view secret = file;
  if (secret.ends_with('\n')) secret.remove_suffix(secret.ends_with("\r\n") ? 2 : 1);
  if (secret.empty()) return bad_key("the key is empty; make one with signet keygen");
  if (std::ranges::all_of(secret, is_space)) return bad_key("the key is blank; make one with signet keygen");
  if (is_space(secret.front()) || is_space(secret.back())) {
    return bad_key("the key starts or ends with white space; one final newline is stripped, nothing else");
  }
  // A public key is no secret, and a key of another purpose is none of this one.
  if (secret.starts_with("-----BEGIN")) return bad_key("the file is PEM, not an HMAC key; make one with signet keygen");
  if (secret.starts_with("whsec_"))
    return bad_key("the file is a webhook secret, not an HMAC key; make one with signet keygen");
  if (secret.size() < kHmacKeyBytesMin) {
    return bad_key(fmt::format("the key has {} bytes; an HMAC key needs at least {}; make one with signet keygen",
                               secret.size(), kHmacKeyBytesMin));
  }
  std::bitset<256> seen;
  for (char c : secret) seen.set(static_cast<uint8_t>(c));
  if (seen.count() < kDistinctBytesMin) return bad_key("the key repeats few characters; make one with signet keygen");
  if (is_sample(secret)) return bad_key("the key is a sample from documentation; make one with signet keygen");
  return crypto::SecretBytes(as_bytes(secret));
}

bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > 128 || name.front() == '.') return false;
  return std::ranges::all_of(name, [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

std::string_view to_text(Purpose purpose) {
  constexpr auto kNames = std::to_array<std::string_view>({"release", "approve", "webhook", "push", "audit"});
  return kNames.at(static_cast<size_t>(purpose));
}

std::optional<Purpose> parse_purpose(std::string_view text) {
  for (Purpose purpose : {Purpose::release, Purpose::approve, Purpose::webhook, Purpose::push, Purpose::audit}) {
    if (to_text(purpose) == text) return purpose;
  }
  return std::nullopt;
}

Result<crypto::SecretBytes> derive_key(const crypto::SecretBytes& master, Purpose purpose, std::string_view graph,
                                       std::string_view environment) {
  if (master.size() < kHmacKeyBytesMin) {
    return bad_key(fmt::format("the master key has {} bytes; it needs at least {}", master.size(), kHmacKeyBytesMin));
  }
  for (std::string_view name : {graph, environment}) {
    if (!is_plain_name(name)) {
      return bad_key("graph and environment names have 1 to 128 letters, digits, dots, underscores and hyphens");
    }
  }
  // Plain names hold no slash, so that no two contexts give the same text.
  const std::string context = fmt::format("signet.key.v1/{}/{}/{}", to_text(purpose), graph, environment);
  Bytes key = crypto::hkdf_sha256(master.view(), as_bytes("signet.key.v1"), context, 32);
  crypto::SecretBytes secret(key);
  crypto::wipe(key);
  return secret;
}

bool VerificationKey::verify(ByteView message, ByteView signature) const {
  if (const auto* secret = std::get_if<crypto::SecretBytes>(&material)) {
    if (secret->size() < kHmacKeyBytesMin) return false;  // an empty key is everybody's key
    return crypto::constant_time_equal(crypto::hmac_sha256(secret->view(), message), signature);
  }
  return signature.size() == 64 && std::get<crypto::Ed25519PublicKey>(material).verify(message, signature);
}

bool within(const std::optional<WallTime>& not_before, const std::optional<WallTime>& not_after, WallTime now) {
  return (!not_before || now + kLeeway >= *not_before) && (!not_after || now - kLeeway <= *not_after);
}

bool VerificationKey::valid_at(WallTime now) const {
  return within(not_before, not_after, now);
}

bool VerificationKey::same_material(const VerificationKey& other) const {
  if (algorithm() != other.algorithm()) return false;
  if (const auto* secret = std::get_if<crypto::SecretBytes>(&material)) {
    return crypto::constant_time_equal(secret->view(), std::get<crypto::SecretBytes>(other.material).view());
  }
  return std::get<crypto::Ed25519PublicKey>(material).pem() == std::get<crypto::Ed25519PublicKey>(other.material).pem();
}

Bytes SigningKey::sign(ByteView message) const {
  if (const auto* secret = std::get_if<crypto::SecretBytes>(&material)) {
    const crypto::Sha256 mac = crypto::hmac_sha256(secret->view(), message);
    return {mac.begin(), mac.end()};
  }
  const auto signature = std::get<crypto::Ed25519PrivateKey>(material).sign(message);
  return {signature.begin(), signature.end()};
}

VerificationKey SigningKey::verification_key(Role role) const {
  VerificationKey key{.kid = kid, .role = role, .material = crypto::SecretBytes(), .not_before = {}, .not_after = {}};
  if (const auto* secret = std::get_if<crypto::SecretBytes>(&material)) {
    key.material = *secret;
  } else {
    key.material = std::get<crypto::Ed25519PrivateKey>(material).public_key();
  }
  return key;
}

Result<SigningKey> parse_signing_key(std::string kid, std::string_view file) {
  if (file.starts_with("-----BEGIN")) {
    auto key = crypto::Ed25519PrivateKey::from_pem(file);
    if (!key) return std::unexpected(key.error());
    return SigningKey{.kid = std::move(kid), .material = std::move(*key)};
  }
  auto secret = parse_hmac_secret(file);
  if (!secret) return std::unexpected(secret.error());
  return SigningKey{.kid = std::move(kid), .material = std::move(*secret)};
}

std::string generate_hmac_secret() {
  std::array<uint8_t, 32> random{};
  crypto::random_bytes(random);
  std::string text = base64url_encode(random) + "\n";
  crypto::wipe(random);
  return text;
}

}  // namespace signet::signing
