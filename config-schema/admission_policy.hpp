// The YAML of `signet admission`: where it listens, with which keys, and what it approves.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "config-schema/config.hpp"
#include "config-schema/load.hpp"

namespace signet::config {

/// What one graph in one environment must look like to be approved.
struct AdmissionGraphPolicy {
  std::string name;
  std::string environment;
  std::vector<TrustKey> keys;      ///< those that may release (and, with `approvers`, approve)
  std::vector<std::string> allow;  ///< URL patterns and CIDRs, as subgraphs.allow
  bool allow_plain_http = false;
  std::vector<std::string> required_signers;  ///< kids
  uint32_t approvers = 0;                     ///< approve signatures the statement must carry already
  uint32_t max_subgraphs = 200;
};

struct AdmissionPolicyFile {
  Endpoint listen{"127.0.0.1", 9443, {}};
  std::string secret_file;       ///< the webhook secret shared with the routers
  std::string approve_kid;       ///< empty: answers are signed with the shared secret
  std::string approve_key_file;  ///< Ed25519 private key in PEM
  std::vector<AdmissionGraphPolicy> graphs;
};

/// `version: 1`, then `listen`, `secret_file`, `approve: {kid, key_file}`, `graphs: […]`; unknown keys are refused.
/// Errors: every mistake at once, in file order.
std::expected<AdmissionPolicyFile, std::vector<Diagnostic>> load_admission_policy(const SourceFile& file,
                                                                                  const SubstitutionSources& sources);

}  // namespace signet::config
