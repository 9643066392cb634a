// The bare MACs of WunderGraph Cosmo's protocols: weaker than a statement (no graph, no serial, no expiry), kept only
// for `trust.unsafe_compat: cosmo` and for a Cosmo control plane that asks our admission server.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "router/crypto/crypto.hpp"
#include "router/http/message.hpp"

namespace signet::signing {

/// Standard base64 of HMAC-SHA256 over the body: what `X-Signature-SHA256` carries and `/validate-config` answers.
std::string cosmo_body_signature(std::string_view body, const crypto::SecretBytes& key);

/// True when exactly one `X-Signature-SHA256` field holds the canonical base64 of the body's MAC under one of the keys.
/// The MAC covers the bytes that are parsed, content coding removed.
bool verify_cosmo_body(const http::Headers& headers, std::string_view body,
                       const std::vector<crypto::SecretBytes>& keys);

/// True when exactly one `X-Cosmo-Signature-256` field holds the lower-case hexadecimal MAC of a webhook's body.
bool verify_cosmo_webhook(const http::Headers& headers, std::string_view body,
                          const std::vector<crypto::SecretBytes>& secrets);

}  // namespace signet::signing
