#include "router/app/secret_files.hpp"

#include <fmt/format.h>

#include "router/app/aws_signature.hpp"
#include "router/app/source_files.hpp"
#include "router/app/trust_setup.hpp"
#include "signing/core/webhook.hpp"

namespace signet::app {
namespace {

using Checked = std::expected<void, std::string>;

template <class T>
Checked judged(const Result<T>& parsed) {
  if (!parsed) return std::unexpected(parsed.error().message);
  return {};
}

Checked check_webhook(std::string_view text) {
  return judged(signing::parse_webhook_secrets(text));
}

Checked check_credentials(std::string_view text) {
  const auto parsed = parse_aws_credentials(text);
  if (!parsed) return std::unexpected(parsed.error());
  return {};
}

// Loading the configuration with it judges the rest.
Checked check_value(std::string_view text) {
  if (text.empty()) return std::unexpected("is empty");
  return {};
}

SecretFile trust_file(const config::TrustKey& key) {
  const bool hmac = key.algorithm == config::KeyAlgorithm::hs256;
  return {.key = "trust.keys." + key.kid,
          .path = hmac ? key.secret_file : key.public_key_file,
          .bytes_max = signing::kKeyFileBytesMax,
          .value = {},
          .check = [key](std::string_view text) -> Checked {
            auto parsed = parse_trust_key(key, text);
            if (!parsed) return std::unexpected(parsed.error());
            return {};
          }};
}

// The log goes on under the key that it began with: two keys under one kid could not be told apart.
SecretFile audit_file(const config::Audit& audit, const std::shared_ptr<std::optional<crypto::Sha256>>& first) {
  return {.key = "audit.key_file",
          .path = audit.key_file,
          .bytes_max = signing::kKeyFileBytesMax,
          .value = {},
          .check = [audit, first](std::string_view text) -> Checked {
            if (auto good = judged(signing::parse_signing_key(audit.kid, text)); !good) return good;
            const crypto::Sha256 digest = crypto::sha256(text);
            if (!*first) *first = digest;
            if (digest == **first) return {};
            return std::unexpected("holds another key; set another audit.kid with it, and restart");
          }};
}

}  // namespace

std::vector<SecretFile> secret_files(const config::Config& config, const std::vector<config::FileUse>& used,
                                     bool development,
                                     const std::shared_ptr<std::optional<crypto::Sha256>>& audit_key) {
  std::vector<SecretFile> files;
  const auto add = [&](std::string key, const std::string& path, uint64_t bytes_max,
                       Checked (*check)(std::string_view)) {
    if (!path.empty()) files.push_back({std::move(key), path, bytes_max, {}, check});
  };
  if (!development) {
    for (const config::TrustKey& key : config.trust.keys) files.push_back(trust_file(key));
  }
  add("admission.secret_file", config.admission.secret_file, signing::kKeyFileBytesMax, check_webhook);
  if (!config.audit.key_file.empty()) files.push_back(audit_file(config.audit, audit_key));
  const auto add_source = [&](const std::string& key, const config::Source& source) {
    if (source.cdn) {
      add(key + ".cdn.push.secret_file", source.cdn->push_secret_file, signing::kKeyFileBytesMax, check_webhook);
    }
    const bool unused = development && key == "graph.source";  // the graph is in memory
    if (source.s3 && !unused) {
      add(key + ".s3.credentials_file", source.s3->credentials_file, kCredentialsBytesMax, check_credentials);
    }
  };
  add_source("graph.source", config.graph.source);
  add_source("graph.fallback", config.graph.fallback);
  add_source("operations.source", config.operations.source);
  constexpr uint64_t kValueBytesMax = (64u << 10) + 2;  // as much as a substitution takes, and a final CRLF
  for (const config::FileUse& use : used) files.push_back({use.key, use.path, kValueBytesMax, use.text, check_value});
  return files;
}

std::expected<config::Loaded, std::string> load_with(const config::Loaded& before, const ReadSecret& read) {
  config::SubstitutionSources from = config::process_substitution_sources();
  from.file = [&](const std::string& path) -> std::optional<std::string> {
    auto text = read(path);
    return text ? std::optional(std::move(*text)) : std::nullopt;
  };
  auto loaded = config::load(before.sources, from, before.options);
  if (loaded) return std::move(*loaded);
  const config::Diagnostic& first = loaded.error().front();
  return std::unexpected(fmt::format("{}: {}", first.path, first.message));
}

}  // namespace signet::app
