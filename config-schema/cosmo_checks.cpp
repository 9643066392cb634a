// Checks of trust.unsafe_compat: cosmo, and of the keys that count only under it.
#include <algorithm>
#include <fmt/format.h>

#include "config-schema/cross_checks.hpp"
#include "config-schema/graph_token.hpp"
#include "router/base/limits.hpp"

namespace signet::config {
namespace {

constexpr std::string_view kCompat = "trust.unsafe_compat";

class CosmoChecks {
 public:
  CosmoChecks(const CheckInput& input, Findings& findings)
      : root_(input.root), config_(input.config), findings_(findings) {}

  void run() {
    if (config_.trust.unsafe_compat == UnsafeCompat::none) {
      return refuse_cosmo_keys(
          root_, "verifies nothing while trust.unsafe_compat is not cosmo; set that, or remove the key", findings_);
    }
    check_key();
    check_sources();
    check_admission();
  }

 private:
  void error(std::string_view path, std::string message) {
    const YamlNode* node = find_path(root_, path);
    if (node != nullptr && !findings_.covers(path)) {
      findings_.error(node->place, std::string(path), std::move(message));
    }
  }

  void check_key() {
    const auto is_cosmo = [](const TrustKey& key) { return key.format == KeyFormat::cosmo; };
    const auto count = static_cast<size_t>(std::ranges::count_if(config_.trust.keys, is_cosmo));
    if (count == 0 && !findings_.covers("trust.keys")) {
      error(kCompat,
            "no key verifies what Cosmo's CDN delivers; add the key that Cosmo's admission server signs with to "
            "trust.keys: { kid: cosmo, role: release, format: cosmo, secret_file: /path }");
    }
    if (count > limits::kCosmoKeysMax) {
      error(kCompat, fmt::format("trust.keys has {} keys of format cosmo; each body is tried with all of them, so that "
                                 "at most {} are allowed: remove old ones",
                                 count, limits::kCosmoKeysMax));
    }
  }

  void check_sources() {
    const Graph& graph = config_.graph;
    if (!graph.source.cdn && !graph.fallback.cdn) {
      error(kCompat,
            "neither graph.source nor graph.fallback is a cdn, and it is about nothing else; remove it, or write "
            "graph.source: { cdn: { url, token } }");
    }
    check_token("graph.source.cdn", graph.source.cdn);
    check_token("graph.fallback.cdn", graph.fallback.cdn);
    if (config_.trust.min_serial > 0 && !uses_statements(config_)) {
      error("trust.min_serial", "the router makes the serials of what Cosmo's CDN delivers itself; remove it");
    }
  }

  void check_token(const std::string& path, const std::optional<CdnSource>& cdn) {
    if (!cdn || findings_.covers(path)) return;
    if (cdn->token.empty()) return error(path, "Cosmo's CDN asks for the token of the graph; add token");
    const auto read = read_graph_token(cdn->token);
    if (!read) error(path + ".token", read.error());
  }

  void check_admission() {
    const auto& roles = config_.trust.required_roles;
    if (roles.size() != 2 || roles.front() == roles.back()) {
      error("trust.required_roles",
            "the one signature of Cosmo stands for [release, approve], and for nothing else; remove the key, or "
            "trust.unsafe_compat");
    }
    error("admission.url",
          "there is no statement that a webhook could review under trust.unsafe_compat; remove admission, and let the "
          "control plane ask `signet admission serve` (/validate-config), which signs what its policies allow");
  }

  const YamlNode& root_;
  const Config& config_;
  Findings& findings_;
};

bool is_of_statements(const Source& source) {
  return !source.file.empty() || source.s3;
}

}  // namespace

bool uses_statements(const Config& config) {
  if (config.trust.unsafe_compat == UnsafeCompat::none) return true;
  return is_of_statements(config.graph.source) || is_of_statements(config.graph.fallback) ||
         config.operations.mode != OperationsMode::off;
}

void refuse_cosmo_keys(const YamlNode& root, const std::string& why, Findings& findings) {
  const YamlNode* keys = find_path(root, "trust.keys");
  if (keys == nullptr || findings.covers("trust.keys")) return;
  for (size_t i = 0; i < keys->items.size(); ++i) {
    const YamlNode* format = keys->items[i].find("format");
    if (format == nullptr || format->text != "cosmo") continue;
    findings.error(format->place, fmt::format("trust.keys[{}].format", i), why);
  }
}

void check_cosmo(const CheckInput& input, Findings& findings) {
  if (!input.development) CosmoChecks(input, findings).run();
}

}  // namespace signet::config
