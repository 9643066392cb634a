// The commands of `signet`: options as the command line gives them, and one function each.
//
// Every function returns the process's exit code: 0 ok, 1 the thing checked is wrong, 2 usage, 3 environment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace signet::cli {

inline constexpr int kOk = 0;
inline constexpr int kWrong = 1;
inline constexpr int kUsage = 2;
inline constexpr int kEnvironment = 3;

/// Where the configuration comes from, and what decides how far it is trusted.
struct ConfigInput {
  std::vector<std::string> files;  ///< "-": standard input
  std::string trust_root{};        ///< of --trust-root; empty: none
};

struct ServeOptions {
  ConfigInput config;
  bool once_or_exit = false;
};
int serve(const ServeOptions& options);

struct DevOptions {
  std::string supergraph_file;
  std::string listen = "127.0.0.1:4000";
  std::vector<std::string> config_files;
};
int dev(const DevOptions& options);

struct DemoOptions {
  bool check = false;           ///< ask, tamper, verify, stop: for CI
  bool subgraphs_only = false;  ///< just the subgraphs, on `port`
  uint16_t port = 4000;         ///< of the router; 0: any free one
};
/// Subgraphs, a signed and approved graph and a router, all on loopback.
int demo(const DemoOptions& options);

struct CheckOptions {
  ConfigInput config;
  std::string supergraph_file;
  std::string policy_file;
  bool posture = false;  ///< also tell what is weaker than it could be; no reason to fail
  bool json = false;
  bool development = false;
};
int check(const CheckOptions& options);
/// The policy of the admission webhook, its key files included.
int check_policy(const std::string& file);

struct PlanOptions {
  std::string supergraph_file;
  std::string operation_file;  ///< "-": standard input
  std::string operation_name;
  std::string variables = "{}";
  std::string stage;  ///< one stage of planning, or "all"; empty: the plan
  bool documents = false;
  bool json = false;
};
int plan(const PlanOptions& options);

struct KeygenOptions {
  std::string type = "hmac";                             ///< hmac, ed25519, webhook, derive
  std::string out;                                       ///< file; for ed25519 the public key goes to out.pub
  std::string master_file, purpose, graph, environment;  ///< derive
};
int keygen(const KeygenOptions& options);

struct SealOptions {
  std::string master_key_file;
  std::string graph, environment;
  std::string key;  ///< path in the YAML: "graph.source.cdn.token"
};
/// Seals standard input and prints it.
int secrets_seal(const SealOptions& options);

struct RotateOptions {
  std::vector<std::string> config_files;
  std::string from_file, to_file;  ///< master keys
};
int secrets_rotate(const RotateOptions& options);

struct SignOptions {
  std::string artifact_file;  ///< with rollback_to or add_file it may be empty: found by its digest
  std::string kind;           ///< empty: graph, or what the statement that is there says
  std::string graph, environment;
  std::string kid, key_file;
  std::string statement_file;  ///< default: artifact_file.jws
  std::string previous_file;   ///< the statement it replaces: its serial and digest are continued
  std::string rollback_to;     ///< sha256 of an older artifact that is signed again
  std::string add_file;        ///< the statement that gets one more signature, instead of a new one
  std::string lifetime = "92d";
  std::string cdn_folder;  ///< also lays out statement.jws and artifacts/<sha256> here
  bool unchecked = false;  ///< also what a router could not load
};
int sign(const SignOptions& options);

struct VerifyOptions {
  std::string artifact_file;
  std::string statement_file;
  ConfigInput config;
  bool json = false;
};
/// Runs the gate's checks over files with the trust of a configuration.
int verify(const VerifyOptions& options);
/// Shows what a statement says, without judging it.
int inspect(const std::string& statement_file, bool json);

struct AdmissionServeOptions {
  std::string policy_file;
};
int admission_serve(const AdmissionServeOptions& options);

struct ApproveOptions {
  std::string policy_file;
  std::string artifact_file;
  std::string statement_file;
  std::string previous_file;  ///< the artifact that it replaces; empty: not given
  bool json = false;          ///< explain
};
int admission_approve(const ApproveOptions& options);
/// Shows each rule of the policy and what becomes of it; changes nothing. Returns 0 when it would be approved, 1 when
/// not.
int admission_explain(const ApproveOptions& options);

struct AuditOptions {
  std::string folder;
  std::vector<std::string> key_files, kids;  ///< as many of the one as of the other
  std::string anchor;                        ///< RECORDS:HASH; empty: none
  uint64_t unsigned_max = 0;
  std::string since, type;  ///< export
  bool json = false;
};
/// Returns 0 ok, 1 altered, 2 usage, 3 environment, 10 truncated, 11 gap, 12 unsigned tail.
int audit_verify(const AuditOptions& options);
/// JSON lines of the records that verify; the exit code as above.
int audit_export(const AuditOptions& options);

int explain_refusal(const std::string& code);
/// `of`: configuration, admission or trust-root.
int config_schema(const std::string& of);
int config_explain(const ConfigInput& input, const std::string& key);

struct ProbeOptions {
  std::string address;  ///< host:port of the admin or health listener
  bool json = false;
};
int status(const ProbeOptions& options);
int reload(const ProbeOptions& options);
int healthcheck(const ProbeOptions& options);

}  // namespace signet::cli
