// Which signatures of a statement count, and whether they are enough.
#pragma once

#include <optional>
#include <vector>

#include "signing/core/artifact.hpp"
#include "signing/core/jws.hpp"
#include "signing/core/refusal.hpp"
#include "signing/core/trust_policy.hpp"

namespace signet::signing {

struct SignatureCheck {
  std::vector<Signer> signers;           ///< distinct trusted keys whose signatures are right
  size_t approvals_missing = 0;          ///< of trust.required_roles, that a webhook might still give
  std::optional<Refusal> why_missing{};  ///< where approvals are there and do not count
  bool past_key_validity = false;        ///< a key counted although it is past not_after (only with `lenient_time`)
};

struct SignatureOptions {
  WallTime now{};
  /// For what was admitted before (the last-good copy, the running snapshot): a key past its not_after still counts.
  bool lenient_time = false;
};

/// Verifies every signature by a listed key; one that is wrong refuses the whole statement. Signatures by keys that
/// are not listed are ignored: other routers may know them.
/// Errors: signature, key_unknown, key_revoked, key_not_valid, roles_missing (release only; approvals are counted).
Verification<SignatureCheck> check_signatures(const Jws& jws, const TrustPolicy& trust,
                                              const SignatureOptions& options);

/// Errors: wrong_kind, wrong_graph, wrong_environment.
Verification<> check_context(const Statement& statement, ArtifactKind kind, const TrustPolicy& trust);

}  // namespace signet::signing
