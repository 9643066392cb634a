// The YAML of `signet admission`: where it listens, with which keys, and what it approves.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "config-schema/config.hpp"
#include "config-schema/load.hpp"

namespace signet::config {

/// Where the server reads artifacts; at most one of the two.
struct AdmissionArtifacts {
  std::optional<CdnSource> cdn;
  std::string file;
  bool empty() const { return !cdn && file.empty(); }
};

struct AdmissionWindow {
  std::vector<unsigned> days;  ///< 0: Sunday
  std::chrono::minutes from{0}, to{0};
};

struct AdmissionFreeze {
  WallTime from, to;
};

/// What one graph in one environment must look like to be approved.
struct AdmissionGraphPolicy {
  std::string name;
  std::string environment;
  std::vector<TrustKey> keys;      ///< those that may release (and, with `approvers`, approve)
  std::vector<std::string> allow;  ///< URL patterns and CIDRs, as subgraphs.allow
  bool allow_plain_http = false;
  std::vector<std::string> required_signers;  ///< kids
  std::vector<std::string> kinds{"graph", "operations"};
  uint32_t approvers = 0;  ///< approve signatures the statement must carry already
  uint32_t max_subgraphs = 200;
  AdmissionArtifacts artifacts;
  std::vector<std::string> forbid;  ///< classes of change and groups of them
  bool allow_unknown_previous = false;
  std::vector<AdmissionWindow> windows;
  std::vector<AdmissionFreeze> freezes;
};

/// What a Cosmo control plane is answered.
struct AdmissionCosmo {
  std::string webhook_secret_file, sign_key_file;
  std::vector<std::string> origins;
  std::vector<std::string> allow;
  bool allow_plain_http = false;
  uint32_t max_subgraphs = 200;
};

struct AdmissionPolicyFile {
  Endpoint listen{"127.0.0.1", 9443, {}};
  std::string secret_file;  ///< the webhook secrets shared with the routers
  std::string store_dir;    ///< empty: approved artifacts are not kept
  uint32_t store_artifacts_max = 200;
  std::optional<AdmissionCosmo> cosmo;
  std::string approve_kid;       ///< empty: answers are signed with the shared secret
  std::string approve_key_file;  ///< Ed25519 private key in PEM
  std::vector<AdmissionGraphPolicy> graphs;
  std::vector<Diagnostic> warnings;  ///< files of secrets that others may read
};

/// The file as docs/admission-policy.md has it; unknown keys are refused.
/// Errors: every mistake at once, in file order.
std::expected<AdmissionPolicyFile, std::vector<Diagnostic>> load_admission_policy(const SourceFile& file,
                                                                                  const SubstitutionSources& sources);

}  // namespace signet::config
