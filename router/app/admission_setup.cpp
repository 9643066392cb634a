#include "router/app/admission_setup.hpp"

#include <fmt/format.h>

#include "router/app/files.hpp"
#include "router/app/trust_setup.hpp"

namespace signet::app {
namespace {

std::expected<http::EgressPolicy, std::string> make_allowed(const std::vector<std::string>& entries) {
  auto allowed = http::EgressPolicy::parse(entries);
  if (!allowed) return std::unexpected("allow: " + allowed.error());
  return std::move(*allowed);
}

admission::ChangeTimes make_times(const config::AdmissionGraphPolicy& policy) {
  admission::ChangeTimes times;
  for (const config::AdmissionWindow& window : policy.windows) {
    admission::ChangeWindow made{.days = {}, .from = window.from, .to = window.to};
    for (const unsigned day : window.days) made.days.set(day);
    times.windows.push_back(made);
  }
  for (const config::AdmissionFreeze& freeze : policy.freezes) times.freezes.push_back({freeze.from, freeze.to});
  return times;
}

std::expected<admission::AdmissionGraph, std::string> make_graph(const config::AdmissionGraphPolicy& policy) {
  admission::AdmissionGraph graph;
  graph.trust.graph = policy.name;
  graph.trust.environment = policy.environment;
  graph.trust.required_roles = {signing::Role::release};
  for (const config::TrustKey& key : policy.keys) {
    auto read = read_trust_key(key);
    if (!read) return std::unexpected(read.error());
    graph.trust.keys.push_back(std::move(*read));
  }
  auto allowed = make_allowed(policy.allow);
  if (!allowed) return std::unexpected(allowed.error());
  graph.policy = {.allowed = std::move(*allowed),
                  .allow_plain_http = policy.allow_plain_http,
                  .kinds = {},
                  .required_signers = policy.required_signers,
                  .approvers = policy.approvers,
                  .max_subgraphs = policy.max_subgraphs,
                  .allow_unknown_previous = policy.allow_unknown_previous,
                  .times = make_times(policy)};
  for (const std::string& word : policy.forbid) {
    const auto classes = admission::parse_change_classes(word);
    if (!classes) return std::unexpected(fmt::format("forbid: {} is no class of change", word));
    graph.policy.forbid |= *classes;
  }
  for (const std::string& word : policy.kinds) {
    const auto kind = signing::parse_artifact_kind(word);
    if (!kind) return std::unexpected(fmt::format("kinds: {} is no kind of artifact", word));
    graph.policy.kinds.push_back(*kind);
  }
  graph.reads_artifact = !policy.artifacts.empty();
  return graph;
}

std::expected<crypto::SecretBytes, std::string> read_hmac_secret(const std::string& key, const std::string& path) {
  auto file = read_file(path, signing::kKeyFileBytesMax);
  if (!file) return std::unexpected(fmt::format("{}: {}", key, file.error()));
  auto secret = signing::parse_hmac_secret(*file);
  crypto::wipe({reinterpret_cast<uint8_t*>(file->data()), file->size()});
  if (!secret) return std::unexpected(fmt::format("{}: {}: {}", key, path, secret.error().message));
  return std::move(*secret);
}

std::expected<admission::CosmoPolicy, std::string> make_cosmo(const config::AdmissionCosmo& cosmo) {
  auto webhook = read_hmac_secret("cosmo.webhook_secret_file", cosmo.webhook_secret_file);
  if (!webhook) return std::unexpected(webhook.error());
  auto sign_key = read_hmac_secret("cosmo.sign_key_file", cosmo.sign_key_file);
  if (!sign_key) return std::unexpected(sign_key.error());
  auto allowed = make_allowed(cosmo.allow);
  if (!allowed) return std::unexpected("cosmo." + allowed.error());
  return admission::CosmoPolicy{.webhook_secrets = {std::move(*webhook)},
                                .sign_key = std::move(*sign_key),
                                .origins = cosmo.origins,
                                .policy = {.allowed = std::move(*allowed),
                                           .allow_plain_http = cosmo.allow_plain_http,
                                           .max_subgraphs = cosmo.max_subgraphs}};
}

}  // namespace

std::expected<admission::ServerPolicy, std::string> make_server_policy(const config::AdmissionPolicyFile& file) {
  admission::ServerPolicy policy;
  if (!file.secret_file.empty()) {
    auto secrets = read_webhook_secrets(file.secret_file);
    if (!secrets) return std::unexpected("secret_file: " + secrets.error());
    policy.webhook_secrets = std::move(*secrets);
  }
  if (!file.approve_key_file.empty()) {
    auto pem = read_file(file.approve_key_file, signing::kKeyFileBytesMax);
    if (!pem) return std::unexpected("approve.key_file: " + pem.error());
    auto key = crypto::Ed25519PrivateKey::from_pem(*pem);
    if (!key) return std::unexpected("approve.key_file: " + key.error().message);
    policy.approve_key = signing::SigningKey{.kid = file.approve_kid, .material = std::move(*key)};
  }
  for (const config::AdmissionGraphPolicy& graph : file.graphs) {
    auto made = make_graph(graph);
    if (!made) return std::unexpected(fmt::format("graphs: {}: {}", graph.name, made.error()));
    // Its own approvals count, without being listed once more.
    if (policy.approve_key && made->trust.find(policy.approve_key->kid) == nullptr) {
      made->trust.keys.push_back(policy.approve_key->verification_key(signing::Role::approve));
    }
    policy.graphs.push_back(std::move(*made));
  }
  if (file.cosmo) {
    auto cosmo = make_cosmo(*file.cosmo);
    if (!cosmo) return std::unexpected(cosmo.error());
    policy.cosmo = std::move(*cosmo);
  }
  return policy;
}

}  // namespace signet::app
