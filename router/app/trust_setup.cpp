#include "router/app/trust_setup.hpp"

#include <fmt/format.h>

#include "router/app/files.hpp"
#include "signing/core/webhook.hpp"

namespace signet::app {
namespace {

signing::Role to_role(config::KeyRole role) {
  return role == config::KeyRole::release ? signing::Role::release : signing::Role::approve;
}

bool is_one_line(const crypto::SecretBytes& secret) {
  return as_text(secret.view()).find_first_of("\r\n") == std::string_view::npos;
}

}  // namespace

std::expected<std::string, std::string> read_key_file(const std::string& path) {
  return read_file(path, signing::kKeyFileBytesMax);
}

std::expected<signing::VerificationKey, std::string> parse_trust_key(const config::TrustKey& key,
                                                                     std::string_view text) {
  signing::VerificationKey result{.kid = key.kid,
                                  .role = to_role(key.role),
                                  .material = {},
                                  .not_before = key.not_before,
                                  .not_after = key.not_after};
  if (key.algorithm == config::KeyAlgorithm::hs256) {
    auto secret = signing::parse_hmac_secret(text);
    if (!secret) return std::unexpected(secret.error().message);
    result.material = std::move(*secret);
  } else {
    auto public_key = crypto::Ed25519PublicKey::from_pem(text);
    if (!public_key) return std::unexpected(public_key.error().message);
    result.material = std::move(*public_key);
  }
  return result;
}

std::expected<signing::VerificationKey, std::string> read_trust_key(const config::TrustKey& key,
                                                                    const ReadSecret& read) {
  const auto named = [&](const std::string& text) { return fmt::format("trust.keys: {}: {}", key.kid, text); };
  auto text = read(key.algorithm == config::KeyAlgorithm::hs256 ? key.secret_file : key.public_key_file);
  if (!text) return std::unexpected(named(text.error()));
  auto parsed = parse_trust_key(key, *text);
  crypto::wipe({reinterpret_cast<uint8_t*>(text->data()), text->size()});
  if (!parsed) return std::unexpected(named(parsed.error()));
  return parsed;
}

std::expected<std::optional<signing::SigningKey>, std::string> read_audit_key(const config::Audit& audit,
                                                                              const signing::TrustPolicy& trust,
                                                                              const ReadSecret& read) {
  if (audit.key_file.empty()) return std::nullopt;
  auto file = read(audit.key_file);
  if (!file) return std::unexpected("audit.key_file: " + file.error());
  auto key = signing::parse_signing_key(audit.kid, *file);
  crypto::wipe({reinterpret_cast<uint8_t*>(file->data()), file->size()});
  if (!key) return std::unexpected(fmt::format("audit.key_file: {}: {}", audit.key_file, key.error().message));
  const auto same = [&](std::string_view kid) {
    return std::unexpected(
        fmt::format("audit.key_file: {} is the key {} of trust.keys; one key has one purpose: make another with signet "
                    "keygen",
                    audit.key_file, kid));
  };
  for (const signing::VerificationKey& trusted : trust.keys) {
    if (trusted.same_material(key->verification_key(trusted.role))) return same(trusted.kid);
  }
  for (const signing::CosmoKey& trusted : trust.cosmo_keys) {
    if (trusted.same_secret(key->verification_key(signing::Role::release))) return same(trusted.kid);
  }
  return std::move(*key);
}

std::expected<std::vector<crypto::SecretBytes>, std::string> read_webhook_secrets(const std::string& path,
                                                                                  const ReadSecret& read) {
  auto file = read(path);
  if (!file) return std::unexpected(file.error());
  auto secrets = signing::parse_webhook_secrets(*file);
  crypto::wipe({reinterpret_cast<uint8_t*>(file->data()), file->size()});
  if (!secrets) return std::unexpected(path + ": " + secrets.error().message);
  return std::move(*secrets);
}

std::expected<signing::TrustPolicy, std::vector<std::string>> read_trust_policy(const config::Trust& trust,
                                                                                const std::string& graph,
                                                                                const std::string& environment,
                                                                                const ReadSecret& read_secret) {
  std::vector<std::string> problems;
  signing::TrustPolicy policy{.graph = graph,
                              .environment = environment,
                              .keys = {},
                              .cosmo_keys = {},
                              .required_roles = {},
                              .revoked = trust.revoked,
                              .stale_grace = std::nullopt};
  for (const config::KeyRole role : trust.required_roles) policy.required_roles.push_back(to_role(role));
  if (trust.stale_grace) policy.stale_grace = std::chrono::duration_cast<std::chrono::seconds>(*trust.stale_grace);
  for (const config::TrustKey& key : trust.keys) {
    auto read = read_trust_key(key, read_secret);
    if (!read) {
      problems.push_back(read.error());
    } else if (key.format == config::KeyFormat::cosmo) {
      if (!is_one_line(std::get<crypto::SecretBytes>(read->material))) {
        problems.push_back(fmt::format("trust.keys: {}: {} has more than one line; Cosmo's sign key is one", key.kid,
                                       key.secret_file));
        continue;
      }
      policy.cosmo_keys.push_back({.kid = key.kid,
                                   .secret = std::get<crypto::SecretBytes>(std::move(read->material)),
                                   .not_before = key.not_before,
                                   .not_after = key.not_after});
    } else {
      policy.keys.push_back(std::move(*read));
    }
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return policy;
}

std::expected<signing::GatePolicy, std::vector<std::string>> make_gate_policy(const Settings& settings,
                                                                              signing::ArtifactKind kind,
                                                                              const ReadSecret& read_secret) {
  const config::Config& config = settings.config;
  std::vector<std::string> problems;
  signing::GatePolicy policy{.kind = kind, .trust = {}, .egress = *settings.egress};
  auto trust = read_trust_policy(config.trust, config.graph.name, config.graph.environment, read_secret);
  if (trust) {
    policy.trust = std::move(*trust);
  } else {
    problems = std::move(trust.error());
  }
  policy.trust.min_serial = kind == signing::ArtifactKind::graph ? config.trust.min_serial : 0;
  policy.trust.statements = config::uses_statements(config);
  policy.on_revoked =
      config.trust.on_revoked == config::OnRevoked::drop ? signing::OnRevoked::drop : signing::OnRevoked::alarm;
  policy.webhook = !config.admission.url.empty();
  if (config.admission.unsafe_ignore_failures) policy.admission = signing::AdmissionMode::ignore_failures;
  if (config.admission.unsafe_audit_only) policy.admission = signing::AdmissionMode::audit_only;
  if (!config.admission.secret_file.empty()) {
    auto secrets = read_webhook_secrets(config.admission.secret_file, read_secret);
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

std::expected<std::vector<crypto::SecretBytes>, std::string> read_push_secrets(const config::Config& config,
                                                                               const ReadSecret& read) {
  const auto& cdn = config.graph.source.cdn;
  if (!cdn || cdn->push_secret_file.empty()) return std::vector<crypto::SecretBytes>();
  auto secrets = read_webhook_secrets(cdn->push_secret_file, read);
  if (!secrets) return std::unexpected("graph.source.cdn.push.secret_file: " + secrets.error());
  return secrets;
}

}  // namespace signet::app
