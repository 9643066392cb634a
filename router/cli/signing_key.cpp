#include "router/cli/signing_key.hpp"

#include "router/cli/config_files.hpp"

namespace signet::cli {

std::optional<signing::SigningKey> read_signing_key(const std::string& kid, const std::string& file) {
  auto bytes = read_input(file);
  if (!bytes) return std::nullopt;
  if (bytes->starts_with("-----BEGIN")) {
    auto key = crypto::Ed25519PrivateKey::from_pem(*bytes);
    if (!key) {
      complain(file + ": " + key.error().message);
      return std::nullopt;
    }
    return signing::SigningKey{.kid = kid, .material = std::move(*key)};
  }
  auto secret = signing::parse_hmac_secret(*bytes);
  if (!secret) {
    complain(file + ": " + secret.error().message);
    return std::nullopt;
  }
  return signing::SigningKey{.kid = kid, .material = std::move(*secret)};
}

}  // namespace signet::cli
