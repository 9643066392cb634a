// From configuration to trust: key files read, rules checked, the gate's policy made.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "config-schema/config.hpp"
#include "router/app/secret_files.hpp"
#include "router/app/settings.hpp"
#include "signing/core/gate.hpp"

namespace signet::app {

/// A key file or a webhook's, from the disk.
std::expected<std::string, std::string> read_key_file(const std::string& path);

/// Reads every key file. `min_serial` is not taken over: it is the graph's.
/// Errors: each problem, with its YAML key; never a secret.
std::expected<signing::TrustPolicy, std::vector<std::string>> read_trust_policy(const config::Trust& trust,
                                                                                const std::string& graph,
                                                                                const std::string& environment,
                                                                                const ReadSecret& read = read_key_file);

/// Reads every key file and makes the gate's policy for one kind of artifact.
/// Errors: the first problem, with its YAML key; never a secret.
std::expected<signing::GatePolicy, std::vector<std::string>> make_gate_policy(const Settings& settings,
                                                                              signing::ArtifactKind kind,
                                                                              const ReadSecret& read = read_key_file);

/// One key with its file read. Errors: as above.
std::expected<signing::VerificationKey, std::string> read_trust_key(const config::TrustKey& key,
                                                                    const ReadSecret& read = read_key_file);
/// The same with the file's text. Errors: what is wrong with it, without the YAML key.
std::expected<signing::VerificationKey, std::string> parse_trust_key(const config::TrustKey& key,
                                                                     std::string_view text);

/// The key that signs the audit log; nothing where none is configured.
/// Errors: as above, and a key that `trust` has for another purpose.
std::expected<std::optional<signing::SigningKey>, std::string> read_audit_key(const config::Audit& audit,
                                                                              const signing::TrustPolicy& trust,
                                                                              const ReadSecret& read = read_key_file);

/// Webhook secrets of a file with one on each line, the newest first. Errors: as above.
std::expected<std::vector<crypto::SecretBytes>, std::string> read_webhook_secrets(
    const std::string& path, const ReadSecret& read = read_key_file);

/// Those that pushes are signed with; none where pushes are not asked for. Errors: as above.
std::expected<std::vector<crypto::SecretBytes>, std::string> read_push_secrets(const config::Config& config,
                                                                               const ReadSecret& read);

}  // namespace signet::app
