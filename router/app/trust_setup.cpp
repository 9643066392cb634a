#include "router/app/trust_setup.hpp"

#include <fmt/format.h>

#include "router/app/files.hpp"
#include "signing/core/webhook.hpp"

namespace signet::app {
namespace {

signing::Role to_role(config::KeyRole role) {
  return role == config::KeyRole::release ? signing::Role::release : signing::Role::approve;
}

}  // namespace

std::expected<signing::VerificationKey, std::string> read_trust_key(const config::TrustKey& key) {
  auto problem = [&](std::string_view text) {
    return std::unexpected(fmt::format("trust.keys: {}: {}", key.kid, text));
  };
  const bool hmac = key.algorithm == config::KeyAlgorithm::hs256;
  auto file = read_file(hmac ? key.secret_file : key.public_key_file, signing::kKeyFileBytesMax);
  if (!file) return problem(file.error());
  signing::VerificationKey result{.kid = key.kid,
                                  .role = to_role(key.role),
                                  .material = {},
                                  .not_before = key.not_before,
                                  .not_after = key.not_after};
  if (hmac) {
    auto secret = signing::parse_hmac_secret(*file);
    if (!secret) return problem(secret.error().message);
    result.material = std::move(*secret);
  } else {
    auto public_key = crypto::Ed25519PublicKey::from_pem(*file);
    if (!public_key) return problem(public_key.error().message);
    result.material = std::move(*public_key);
  }
  return result;
}

std::expected<std::optional<signing::SigningKey>, std::string> read_audit_key(const config::Audit& audit,
                                                                              const signing::TrustPolicy& trust) {
  if (audit.key_file.empty()) return std::nullopt;
  auto file = read_file(audit.key_file, signing::kKeyFileBytesMax);
  if (!file) return std::unexpected("audit.key_file: " + file.error());
  auto key = signing::parse_signing_key(audit.kid, *file);
  crypto::wipe({reinterpret_cast<uint8_t*>(file->data()), file->size()});
  if (!key) return std::unexpected(fmt::format("audit.key_file: {}: {}", audit.key_file, key.error().message));
  for (const signing::VerificationKey& trusted : trust.keys) {
    if (!trusted.same_material(key->verification_key(trusted.role))) continue;
    return std::unexpected(
        fmt::format("audit.key_file: {} is the key {} of trust.keys; one key has one purpose: make another with signet "
                    "keygen",
                    audit.key_file, trusted.kid));
  }
  return std::move(*key);
}

std::expected<crypto::SecretBytes, std::string> read_webhook_secret(const std::string& path) {
  auto file = read_file(path, signing::kKeyFileBytesMax);
  if (!file) return std::unexpected(file.error());
  auto secret = signing::parse_webhook_secret(*file);
  if (!secret) return std::unexpected(path + ": " + secret.error().message);
  return std::move(*secret);
}

std::expected<std::vector<crypto::SecretBytes>, std::string> read_webhook_secrets(const std::string& path) {
  auto file = read_file(path, signing::kKeyFileBytesMax);
  if (!file) return std::unexpected(file.error());
  auto secrets = signing::parse_webhook_secrets(*file);
  crypto::wipe({reinterpret_cast<uint8_t*>(file->data()), file->size()});
  if (!secrets) return std::unexpected(path + ": " + secrets.error().message);
  return std::move(*secrets);
}

std::expected<signing::GatePolicy, std::vector<std::string>> make_gate_policy(const Settings& settings,
                                                                              signing::ArtifactKind kind) {
  std::vector<std::string> problems;
  const config::Config& config = settings.config;
  signing::GatePolicy policy{.kind = kind, .trust = {}, .egress = *settings.egress};
  policy.trust.graph = config.graph.name;
  policy.trust.environment = config.graph.environment;
  policy.trust.required_roles.clear();
  for (const config::KeyRole role : config.trust.required_roles) policy.trust.required_roles.push_back(to_role(role));
  policy.trust.revoked = config.trust.revoked;
  policy.on_revoked =
      config.trust.on_revoked == config::OnRevoked::drop ? signing::OnRevoked::drop : signing::OnRevoked::alarm;
  policy.trust.min_serial = kind == signing::ArtifactKind::graph ? config.trust.min_serial : 0;
  if (config.trust.stale_grace) {
    policy.trust.stale_grace = std::chrono::duration_cast<std::chrono::seconds>(*config.trust.stale_grace);
  }
  for (const config::TrustKey& key : config.trust.keys) {
    auto read = read_trust_key(key);
    if (read) {
      policy.trust.keys.push_back(std::move(*read));
    } else {
      problems.push_back(read.error());
    }
  }
  policy.webhook = !config.admission.url.empty();
  if (config.admission.unsafe_ignore_failures) policy.admission = signing::AdmissionMode::ignore_failures;
  if (config.admission.unsafe_audit_only) policy.admission = signing::AdmissionMode::audit_only;
  if (!config.admission.secret_file.empty()) {
    auto secrets = read_webhook_secrets(config.admission.secret_file);
    if (secrets) {
      policy.webhook_secrets = std::move(*secrets);
    } else {
      problems.push_back("admission.secret_file: " + secrets.error());
    }
  }
  if (problems.empty()) {
    if (auto valid = policy.trust.validate(policy.webhook); !valid) problems.push_back(valid.error().message);
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return policy;
}

}  // namespace signet::app
