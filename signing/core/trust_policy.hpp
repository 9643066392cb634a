// TrustPolicy: whose signatures count, for which graph, and how many of each role are needed.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signing/core/cosmo.hpp"
#include "signing/core/key.hpp"

namespace signet::signing {

inline constexpr size_t kTrustKeysMax = 64;
inline constexpr size_t kRequiredRolesMax = 8;
/// Stands as kid for a webhook that approved under its shared secret.
inline constexpr std::string_view kWebhookSigner = "webhook";

struct TrustPolicy {
  std::string graph;
  std::string environment;
  std::vector<VerificationKey> keys;  ///< of statements
  /// Of bodies that Cosmo's CDN delivers without statement (trust.unsafe_compat). Empty: none gets in.
  std::vector<CosmoKey> cosmo_keys;
  bool statements = true;  ///< false: nothing comes with a statement, so that no keys are needed for one
  std::vector<Role> required_roles{Role::release, Role::approve};  ///< a role twice asks for two different keys
  std::vector<std::string> revoked;                                ///< kids
  uint64_t min_serial = 0;
  std::optional<std::chrono::seconds> stale_grace;  ///< empty: for ever

  /// True when the policy can be satisfied and nothing in it weakens it by accident.
  /// Errors: the first problem with its YAML key: no HS256 release key, fewer keys than required_roles asks for, a kid
  /// or secret twice (among all keys, whatever they verify), names that are not plain. `online_approval`: a webhook can
  /// fill one approve.
  Result<void> validate(bool online_approval) const;

  /// A key of statements.
  const VerificationKey* find(std::string_view kid) const;
  bool is_revoked(std::string_view kid) const;
  size_t required(Role role) const;
};

}  // namespace signet::signing
