// From configuration to trust: key files read, rules checked, the gate's policy made.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "config-schema/config.hpp"
#include "router/app/settings.hpp"
#include "signing/core/gate.hpp"

namespace signet::app {

/// Reads every key file and makes the gate's policy for one kind of artifact.
/// Errors: the first problem, with its YAML key; never a secret.
std::expected<signing::GatePolicy, std::vector<std::string>> make_gate_policy(const Settings& settings,
                                                                              signing::ArtifactKind kind);

/// One key with its file read. Errors: as above.
std::expected<signing::VerificationKey, std::string> read_trust_key(const config::TrustKey& key);

/// The key that signs the audit log; nothing where none is configured.
/// Errors: as above, and a key that `trust` has for another purpose.
std::expected<std::optional<signing::SigningKey>, std::string> read_audit_key(const config::Audit& audit,
                                                                              const signing::TrustPolicy& trust);

/// The secret of a webhook key file. Errors: as above.
std::expected<crypto::SecretBytes, std::string> read_webhook_secret(const std::string& path);
/// Those of a file with one on each line, the newest first. Errors: as above.
std::expected<std::vector<crypto::SecretBytes>, std::string> read_webhook_secrets(const std::string& path);

}  // namespace signet::app
