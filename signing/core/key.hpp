// Keys for statements: what a key file may hold, derivation per purpose, signing and verifying with one key.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "router/base/clock.hpp"
#include "router/base/result.hpp"
#include "router/crypto/crypto.hpp"

namespace signet::signing {

enum class Algorithm : uint8_t { hs256, ed25519 };
enum class Role : uint8_t { release, approve };

std::string_view to_text(Algorithm algorithm);  ///< "HS256", "Ed25519"
std::string_view to_text(Role role);            ///< "release", "approve"
std::optional<Algorithm> parse_algorithm(std::string_view text);
std::optional<Role> parse_role(std::string_view text);

inline constexpr size_t kHmacKeyBytesMin = 32;
inline constexpr size_t kKeyFileBytesMax = 4096;

/// The secret in a key file: its bytes as they stand, without one final LF or CRLF.
/// Errors: empty, blank, shorter than 32 bytes, repetitive or well-known secrets, white space around it, a byte-order
/// mark. The message never holds the secret.
Result<crypto::SecretBytes> parse_hmac_secret(std::string_view file);

/// Names of graphs, environments and kids: 1 to 128 of `A-Z a-z 0-9 . _ -`, not starting with a dot.
bool is_plain_name(std::string_view name);

/// What a derived key is for. One key, one purpose: a MAC made for one is nothing under another.
enum class Purpose : uint8_t { release, approve, webhook, push, audit };
std::string_view to_text(Purpose purpose);
std::optional<Purpose> parse_purpose(std::string_view text);

/// A 32-byte key for one purpose of one graph in one environment. Spec: RFC 5869, docs/formats/keys.md
/// Errors: names that are not plain.
Result<crypto::SecretBytes> derive_key(const crypto::SecretBytes& master, Purpose purpose, std::string_view graph,
                                       std::string_view environment);

/// Whether `now` lies within both bounds, with a leeway of 60 s.
bool within(const std::optional<WallTime>& not_before, const std::optional<WallTime>& not_after, WallTime now);

/// A key that verifies. Threads: immutable.
struct VerificationKey {
  std::string kid;
  Role role = Role::release;
  std::variant<crypto::SecretBytes, crypto::Ed25519PublicKey> material;
  std::optional<WallTime> not_before, not_after;

  Algorithm algorithm() const { return material.index() == 0 ? Algorithm::hs256 : Algorithm::ed25519; }
  /// In constant time for HMAC.
  bool verify(ByteView message, ByteView signature) const;
  /// Within not_before and not_after, with a leeway of 60 s.
  bool valid_at(WallTime now) const;
  bool same_material(const VerificationKey& other) const;
};

/// A key that signs. Its role is not in the signature: those who verify know the role of each key.
struct SigningKey {
  std::string kid;
  std::variant<crypto::SecretBytes, crypto::Ed25519PrivateKey> material;

  Algorithm algorithm() const { return material.index() == 0 ? Algorithm::hs256 : Algorithm::ed25519; }
  Bytes sign(ByteView message) const;
  /// The counterpart that verifies.
  VerificationKey verification_key(Role role) const;
};

/// The signing key in a key file: an Ed25519 private key where it is PEM, else an HMAC secret.
/// Errors: as parse_hmac_secret(), and PEM that holds no Ed25519 private key. The message never holds the key.
Result<SigningKey> parse_signing_key(std::string kid, std::string_view file);

/// Text for a new HMAC key file: 32 random bytes in base64url and a final LF. The key is that text without the LF.
std::string generate_hmac_secret();

}  // namespace signet::signing
