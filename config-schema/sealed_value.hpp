// Sealed values: secrets that stand in the YAML, encrypted for one key of one graph in one environment.
//
//   sealed:v1:BASE64URL(nonce, 12 bytes; ciphertext; tag, 16 bytes)
//
// AES-256-GCM under a key per graph and environment, derived from the master key. Additional data are graph,
// environment and the path of the key, so that a sealed value opens at its own place only. Format: docs/secrets.md
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "router/crypto/crypto.hpp"

namespace signet::config {

inline constexpr size_t kSealedValueBytesMax = 64u << 10;  ///< of what is sealed
inline constexpr size_t kMasterKeyBytesMin = 32;

/// Where a value is at home.
struct SealedPlace {
  std::string graph;
  std::string environment;
  std::string key;  ///< path in the YAML: "graph.source.cdn.token"
};

/// True for what claims to be a sealed value, of whatever version and however broken.
bool looks_sealed(std::string_view text);

/// The master key in the text of its file, from which one final newline was stripped.
/// Errors: it has fewer than 32 bytes; the sentence never holds it.
std::expected<crypto::SecretBytes, std::string> parse_master_key(std::string_view text);

/// Errors: an empty or too long value, names that no graph or environment has.
std::expected<std::string, std::string> seal(const crypto::SecretBytes& master, const SealedPlace& place,
                                             std::string_view value);

/// The value in `text`, sealed under one of `masters`. Errors: what is wrong, without the value, the text or a key.
std::expected<crypto::SecretBytes, std::string> open_sealed(std::span<const crypto::SecretBytes> masters,
                                                            const SealedPlace& place, std::string_view text);

}  // namespace signet::config
