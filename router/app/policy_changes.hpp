// What decides trust, and how it differs from what decided before: for the audit log.
#pragma once

#include <string>
#include <vector>

#include "config-schema/config.hpp"
#include "signing/core/audit_chain.hpp"
#include "signing/core/trust_policy.hpp"

namespace signet::app {

/// What a configuration lets in.
struct PolicyInForce {
  signing::TrustPolicy trust;
  std::vector<std::string> allow;  ///< subgraphs.allow
  std::string operations_mode;
};

PolicyInForce policy_in_force(const config::Config& config, const signing::TrustPolicy& trust);

/// A digest of an allowlist, in its order.
std::string allow_digest(const std::vector<std::string>& allow);

/// All of it, as kids, digests and words: what holds from a start on.
signing::AuditAttributes describe_policy(const PolicyInForce& policy);
/// The kids that `after` has and `before` has not ("added"), the other way round ("removed"), those with another secret
/// or public key ("replaced"), and those revoked since or no longer ("revoked", "restored"). Empty: none.
signing::AuditAttributes key_changes(const signing::TrustPolicy& before, const signing::TrustPolicy& after);
/// Allowlist, roles, serial floor and mode where they differ, as they are after. Empty: they do not.
signing::AuditAttributes policy_changes(const PolicyInForce& before, const PolicyInForce& after);

}  // namespace signet::app
