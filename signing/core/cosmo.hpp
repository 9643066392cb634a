// The bare MACs of WunderGraph Cosmo's protocols: weaker than a statement (no graph, no serial, no expiry), kept only
// for `trust.unsafe_compat: cosmo` and for a Cosmo control plane that asks our admission server.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/base/clock.hpp"
#include "router/crypto/crypto.hpp"
#include "router/http/message.hpp"
#include "signing/core/key.hpp"

namespace signet::signing {

inline constexpr std::string_view kBodySignatureField = "X-Signature-SHA256";

/// Standard base64 of HMAC-SHA256 over the body: what `X-Signature-SHA256` carries and `/validate-config` answers.
std::string cosmo_body_signature(std::string_view body, const crypto::SecretBytes& key);

/// A key that verifies bodies of Cosmo's CDN, and nothing else. It is none of the keys of statements, and no
/// VerificationKey, so that neither counts for the other: Cosmo's admission server signs whatever it is shown.
/// Threads: immutable.
struct CosmoKey {
  std::string kid;
  crypto::SecretBytes secret;
  std::optional<WallTime> not_before, not_after;

  /// Within not_before and not_after, with a leeway of 60 s.
  bool valid_at(WallTime now) const { return within(not_before, not_after, now); }
  /// Whether a key of another purpose is this one.
  bool same_secret(const VerificationKey& other) const;
};

/// What came with a body: the values of its `X-Signature-SHA256` fields as they stood. It proves something only where
/// there is exactly one, in the canonical base64 of 32 bytes.
struct BodySignature {
  std::vector<std::string> values;
  friend bool operator==(const BodySignature&, const BodySignature&) = default;
};

/// The key whose MAC over `body` the signature is; null: none, or the signature has another form. All keys are tried,
/// whatever the first ones say. The MAC covers the bytes that are parsed, content coding removed.
/// Cost: one HMAC over the body for each key.
const CosmoKey* find_signer(const BodySignature& signature, std::string_view body, const std::vector<CosmoKey>& keys);

/// What Cosmo's CDN is asked with: the member `version` of an execution config. Empty where `body` is no JSON object
/// with one, or where it is longer than 256 bytes.
std::string cosmo_version(std::string_view body);

/// True when exactly one `X-Cosmo-Signature-256` field holds the lower-case hexadecimal MAC of a webhook's body.
bool verify_cosmo_webhook(const http::Headers& headers, std::string_view body,
                          const std::vector<crypto::SecretBytes>& secrets);

}  // namespace signet::signing
