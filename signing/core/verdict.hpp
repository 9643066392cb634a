// The admission webhook's answer, verified: is it about this artifact, and who says so.
//
// {"response":{"uid","allowed","sha256","status":{"message"},"approval":{"protected","signature"},"minSerial"}}
// Spec: docs/formats/config-review.md
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "signing/core/artifact.hpp"
#include "signing/core/jws.hpp"
#include "signing/core/refusal.hpp"
#include "signing/core/trust_policy.hpp"

namespace signet::signing {

/// A request's uid: the first 128 bits of the digest of the statement's payload and 128 random bits, in hexadecimal. A
/// verdict repeats it, so that a verdict cannot be moved to another statement about the same bytes.
std::string new_review_uid(const Jws& jws);

struct VerdictContext {
  const Jws& jws;
  const Statement& statement;
  const TrustPolicy& trust;
  const std::vector<crypto::SecretBytes>& webhook_secrets;  ///< empty: only approval signatures count
  WallTime now{};
  bool lenient_time = false;  ///< as SignatureOptions
};

struct Approval {
  Signer signer;
  uint64_t min_serial = 0;  ///< the webhook approved this serial already; 0: not said. It can only keep artifacts out,
                            ///< so it counts unsigned, too
};

/// Who approved: a trusted `approve` key, or the signer "webhook" for an answer under the shared secret, which counts
/// only where no Ed25519 `approve` key is listed: every router knows that secret.
/// Errors: admission_malformed, admission_mismatch, admission_signature, admission_denied.
Verification<Approval> verify_verdict(const StoredVerdict& verdict, const VerdictContext& context);

}  // namespace signet::signing
