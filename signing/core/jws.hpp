// JWS in general JSON serialization, the one form in which statements are signed.
//
// {"payload":"<base64url>","signatures":[{"protected":"<base64url>","signature":"<base64url>"}, …]}
// Each protected header is exactly {"typ":"signet.statement.v1","alg":…,"kid":…}.
// Spec: RFC 7515 §7.2.1, RFC 9864, narrowed by docs/formats/statement.md
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "router/base/encoding.hpp"
#include "signing/core/key.hpp"

namespace signet::signing {

inline constexpr std::string_view kStatementType = "signet.statement.v1";
inline constexpr size_t kSignaturesMax = 16;

struct JwsSignature {
  std::string protected_text;  ///< base64url, as it stood
  std::string kid;
  std::string alg;  ///< what the token claims; checked against the key, never trusted
  Bytes signature;

  /// HS256 or Ed25519 by what the key is; the claim must agree.
  bool verify(std::string_view payload_text, const VerificationKey& key) const;
};

struct Jws {
  std::string payload_text;  ///< base64url, as it stood
  std::string payload;       ///< decoded; not verified
  std::vector<JwsSignature> signatures;
};

/// Errors: one sentence, without bytes of the input.
std::expected<Jws, std::string> parse_jws(std::string_view text);
/// One element of `signatures`, as a webhook's answer carries it. `json` is the text of the object.
std::expected<JwsSignature, std::string> parse_jws_signature(std::string_view json);

/// Signs `payload_text`, which is base64url already.
JwsSignature sign_jws(std::string_view payload_text, const SigningKey& key);
/// A new JWS over `payload` with one signature.
Jws make_jws(std::string_view payload, const SigningKey& key);
/// Adds a signature to what is there; one by the same kid is replaced.
/// Errors: more than 16 signatures.
std::expected<void, std::string> add_signature(Jws& jws, const SigningKey& key);

std::string print_jws(const Jws& jws);
std::string print_jws_signature(const JwsSignature& signature);

}  // namespace signet::signing
