// Digests, MACs, key derivation and signatures on OpenSSL 3, and the one constant-time comparison of the house.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "router/base/encoding.hpp"
#include "router/base/result.hpp"

namespace signet::crypto {

using Sha256 = std::array<uint8_t, 32>;

Sha256 sha256(ByteView bytes);
inline Sha256 sha256(std::string_view text) {
  return sha256(as_bytes(text));
}
std::string sha256_hex(std::string_view text);

/// Spec: RFC 2104 with SHA-256
Sha256 hmac_sha256(ByteView key, ByteView message);

/// Spec: RFC 5869 with SHA-256; `length` at most 255 * 32.
Bytes hkdf_sha256(ByteView key, ByteView salt, std::string_view info, size_t length);

/// Equality whose time depends on the lengths only. Everything secret is compared through this.
bool constant_time_equal(ByteView a, ByteView b);

/// Random bytes from the operating system's generator, for keys and ids.
void random_bytes(std::span<uint8_t> out);

/// Overwrites secret bytes in a way the compiler keeps.
void wipe(std::span<uint8_t> bytes);

/// Secret bytes that are wiped when they die and stay out of core dumps.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(ByteView bytes) : bytes_(bytes.begin(), bytes.end()) {}
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = default;
  SecretBytes& operator=(const SecretBytes& other);
  ~SecretBytes() { wipe(bytes_); }

  ByteView view() const { return bytes_; }
  size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }

 private:
  Bytes bytes_;
};

inline constexpr size_t kAeadKeyBytes = 32;
inline constexpr size_t kAeadNonceBytes = 12;
inline constexpr size_t kAeadTagBytes = 16;

/// AES-256-GCM: `plain` encrypted, and the tag over it and `additional` behind it. A nonce is used once for each key.
/// Spec: NIST SP 800-38D; RFC 5116 §5.2
Bytes aes256gcm_seal(ByteView key, ByteView nonce, ByteView additional, ByteView plain);
/// Nothing where key, nonce, additional data or a bit of `sealed` is another than at sealing.
std::optional<SecretBytes> aes256gcm_open(ByteView key, ByteView nonce, ByteView additional, ByteView sealed);

/// An Ed25519 key. Spec: RFC 8032, PEM by RFC 8410
class Ed25519PublicKey {
 public:
  static Result<Ed25519PublicKey> from_pem(std::string_view pem);
  bool verify(ByteView message, ByteView signature) const;
  std::string pem() const;

 private:
  friend class Ed25519PrivateKey;
  std::shared_ptr<void> key_;  // EVP_PKEY
};

class Ed25519PrivateKey {
 public:
  static Ed25519PrivateKey generate();
  static Result<Ed25519PrivateKey> from_pem(std::string_view pem);
  std::array<uint8_t, 64> sign(ByteView message) const;
  Ed25519PublicKey public_key() const;
  std::string pem() const;

 private:
  std::shared_ptr<void> key_;
};

}  // namespace signet::crypto
