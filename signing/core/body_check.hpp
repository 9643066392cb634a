// Steps 2 and 3 of the gate for what Cosmo's CDN delivers under trust.unsafe_compat: a body with a signature of its
// bytes and no statement. Pure functions behind gate.cpp.
#pragma once

#include <string_view>

#include "signing/core/cosmo.hpp"
#include "signing/core/gate_checks.hpp"
#include "signing/core/signature_check.hpp"

namespace signet::signing {

/// The signer is one key with the role release; it stands for the approval as well: Cosmo signs what was approved.
/// Errors: unsigned_body, signature, key_revoked, key_not_valid.
Verification<SignatureCheck> check_body(const BodySignature& signature, std::string_view body, const TrustPolicy& trust,
                                        const SignatureOptions& options);

/// The statement that nobody signed: names and floor are the router's own. What was applied last keeps its serial and
/// time; anything else gets the larger of floor + 1 and Unix seconds.
Statement make_body_statement(const TrustPolicy& trust, std::string_view body, const GateState& state, WallTime now);

/// Errors: rollback, when it was replaced before; below_min_serial. A last-good copy is written before the floor: one
/// that the floor does not name is newer.
Verification<Freshness> check_body_freshness(const Statement& statement, const GateState& state,
                                             const TrustPolicy& trust);

}  // namespace signet::signing
