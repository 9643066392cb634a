// A signing key from a file: HMAC secret or Ed25519 private key, told apart by its first line.
#pragma once

#include <optional>
#include <string>

#include "signing/core/key.hpp"

namespace signet::cli {

/// Problems go to standard error.
std::optional<signing::SigningKey> read_signing_key(const std::string& kid, const std::string& file);

}  // namespace signet::cli
