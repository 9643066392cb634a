#include "config-schema/cross_checks.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "config-schema/formats.hpp"
#include "router/base/units.hpp"
#include "router/http/url.hpp"

namespace signet::config {
namespace {

constexpr Place kStart{0, 1, 1};

// The checks of one run; `at` finds the node to blame.
class Checks {
 public:
  Checks(const CheckInput& input, Findings& findings)
      : root_(input.root), config_(input.config), development_(input.development), findings_(findings) {}

  void run() {
    check_listeners();
    check_approval();
    check_sources();
    check_timeouts();
    check_egress();
    check_client_certificates();
    check_cors();
    check_csrf();
    check_operations();
    check_otlp();
    check_state();
    check_audit();
  }

 private:
  const YamlNode* at(std::string_view path) const { return find_path(root_, path); }
  void error(std::string_view path, std::string message) {
    const YamlNode* node = at(path);
    if (!findings_.covers(path))
      findings_.error(node == nullptr ? kStart : node->place, std::string(path), std::move(message));
  }

  void check_listeners() {
    const Endpoint& admin = config_.listen.admin;
    if (const YamlNode* node = at("listen.admin"); node != nullptr && !is_loopback_host(admin.host)) {
      error("listen.admin",
            fmt::format("{} is not loopback; write 127.0.0.1:{} or unix:/path, the admin endpoint is not "
                        "for the network",
                        quote(*node), admin.port));
    }
    const auto same = [](const Endpoint& a, const Endpoint& b) {
      if (!a.unix_path.empty() || !b.unix_path.empty()) return a.unix_path == b.unix_path;
      return a.port != 0 && a.port == b.port && a.host == b.host;
    };
    const Listen& listen = config_.listen;
    if (same(listen.graphql, listen.health))
      error("listen.health", "is the endpoint of listen.graphql; give it another port");
    if (same(listen.graphql, listen.admin))
      error("listen.admin", "is the endpoint of listen.graphql; give it another port");
    if (same(listen.health, listen.admin))
      error("listen.admin", "is the endpoint of listen.health; give it another port");
  }

  void check_approval() {
    if (development_) return;
    const Trust& trust = config_.trust;
    const bool approve_key =
        std::ranges::any_of(trust.keys, [](const TrustKey& key) { return key.role == KeyRole::approve; });
    const bool release_key = std::ranges::any_of(trust.keys, [](const TrustKey& key) {
      return key.role == KeyRole::release && key.algorithm == KeyAlgorithm::hs256 && key.format == KeyFormat::statement;
    });
    // Keys of Cosmo without trust.unsafe_compat are told of for themselves.
    const bool cosmo_meant =
        std::ranges::any_of(trust.keys, [](const TrustKey& key) { return key.format == KeyFormat::cosmo; });
    const bool statements = uses_statements(config_) && (trust.unsafe_compat == UnsafeCompat::cosmo || !cosmo_meant);
    if (at("admission") == nullptr && !approve_key && statements) {
      error("admission",
            "nothing approves new graphs; there are two ways out: write `admission: {url, secret_file}` for a webhook, "
            "or "
            "add a key with `role: approve` to trust.keys");
    }
    if (config_.admission.unsafe_audit_only && config_.admission.unsafe_ignore_failures) {
      error("admission.unsafe_ignore_failures",
            "says less than admission.unsafe_audit_only, which is set too; keep one of the two");
    }
    if (!trust.keys.empty() && !release_key && statements) {
      error("trust.keys", "no HS256 key has the role release; add the key that signs releases");
    }
  }

  void check_sources() {
    require_https_unless_loopback(at("admission.url"), "admission.url", findings_);
    for (const std::string source : {"graph.source", "graph.fallback", "operations.source"}) {
      for (const std::string& key : {source + ".cdn.url", source + ".s3.endpoint"}) {
        require_https_unless_loopback(at(key), key, findings_);
      }
    }
  }

  // Blamed is the subgraph's timeout, or the client's where the other is the default.
  void check_timeout_of(const std::string& name, const SubgraphSettings& settings) {
    if (!settings.timeout || *settings.timeout < config_.client_timeout) return;
    const YamlNode* subgraphs = root_.find("subgraphs");
    const YamlNode* own = subgraphs == nullptr ? nullptr : subgraphs->find(name);
    const YamlNode* node = own == nullptr ? nullptr : own->find("timeout");
    const std::string path = join_path(join_path("subgraphs", name), "timeout");
    std::string message = fmt::format(
        "{} is {} and timeouts.client is {}; the subgraph's has to be the shorter, so that a slow one is answered for "
        "in "
        "time",
        path, format_duration(*settings.timeout), format_duration(config_.client_timeout));
    if (node == nullptr) return error("timeouts.client", std::move(message));
    if (!findings_.covers(path)) findings_.error(node->place, path, std::move(message));
  }

  void check_timeouts() {
    check_timeout_of("all", config_.subgraphs.all);
    for (const auto& [name, settings] : config_.subgraphs.by_name) check_timeout_of(name, settings);
    const Shutdown& shutdown = config_.shutdown;
    if (shutdown.pre_stop > shutdown.drain) {
      error(at("shutdown.pre_stop") != nullptr ? "shutdown.pre_stop" : "shutdown.drain",
            fmt::format("pre_stop is {} and drain is {}; drain counts from SIGTERM and has to be the longer",
                        format_duration(shutdown.pre_stop), format_duration(shutdown.drain)));
    }
  }

  void check_egress() {
    const YamlNode* allow = at("subgraphs.allow");
    if (allow == nullptr) return;
    for (size_t i = 0; i < allow->items.size(); ++i) {
      const YamlNode& item = allow->items[i];
      const std::string path = fmt::format("subgraphs.allow[{}]", i);
      if (!item.text.starts_with("http://") || findings_.covers(path)) continue;
      const auto url = http::parse_url(item.text);
      if (url && is_loopback_host(url->host)) continue;
      findings_.warning(item.place, path,
                        fmt::format("{} is plain http to a host that is not loopback; use https, what is fetched there "
                                    "can be read and altered",
                                    quote(item)));
    }
  }

  // A certificate without its key, or the other way round, of a subgraph.
  void check_client_certificates() {
    const YamlNode* subgraphs = root_.find("subgraphs");
    if (subgraphs == nullptr) return;
    for (const YamlMember& member : subgraphs->members) {
      const YamlNode* tls = member.value.find("tls");
      if (tls == nullptr || (tls->find("cert_file") == nullptr) == (tls->find("key_file") == nullptr)) continue;
      const std::string path = join_path(join_path("subgraphs", member.key), "tls");
      if (findings_.covers(path)) continue;
      findings_.error(tls->place, path, "cert_file and key_file go together; write both, or neither");
    }
  }

  void check_cors() {
    const bool wildcard = std::ranges::find(config_.cors.origins, "*") != config_.cors.origins.end();
    if (wildcard && config_.cors.credentials) {
      error("cors.credentials", "credentials cannot be combined with the origin `*`; list the exact origins");
    }
    if (config_.cors.credentials && config_.cors.origins.empty() && at("cors.origins") == nullptr) {
      error("cors.credentials", "there are no origins; list them in cors.origins, or remove credentials");
    }
  }

  void check_csrf() {
    if (config_.csrf.enabled && config_.csrf.headers.empty()) {
      error("csrf.headers",
            "the list is empty while csrf is enabled; name at least one header, or remove the key for the default");
    }
  }

  void check_operations() {
    const bool needed = config_.operations.mode != OperationsMode::off;
    if (needed && config_.operations.source.empty() && at("operations.source") == nullptr) {
      error("operations.mode", "needs a manifest; write operations.source: {file: /path}, {cdn: {url}} or {s3: {…}}");
    }
    if (!needed && at("operations.source") != nullptr) {
      findings_.warning(at("operations.source")->place, "operations.source",
                        "is not used while operations.mode is off");
    }
  }

  // A base that ends in a signal's path would be asked for /v1/traces/v1/traces.
  void check_otlp() {
    const std::string& endpoint = config_.telemetry.otlp_endpoint;
    for (std::string_view path : {"/v1/traces", "/v1/metrics", "/v1/logs"}) {
      for (const std::string& ending : {std::string(path), std::string(path) + "/"}) {
        if (!endpoint.ends_with(ending)) continue;
        error("telemetry.otlp.endpoint",
              fmt::format("the endpoint is a base to which {} is appended; remove {}", path, ending));
      }
    }
  }

  void check_state() {
    const YamlNode* graph = at("graph");
    if (development_ || graph == nullptr || at("graph.state_dir") != nullptr) return;
    findings_.warning(graph->place, "graph.state_dir",
                      "is not set: a restart forgets the highest serial and the last good copy; write /var/lib/signet");
  }

  void check_audit() {
    const YamlNode* audit = at("audit");
    if (audit == nullptr) return;
    if ((at("audit.key_file") == nullptr) != (at("audit.kid") == nullptr)) {
      error(at("audit.kid") == nullptr ? "audit.key_file" : "audit.kid",
            "key_file and kid go together; write both, or neither for a log without signatures");
    }
    if (!development_ && at("graph") != nullptr && at("graph.state_dir") == nullptr) {
      findings_.warning(audit->place, "audit", "is not used while graph.state_dir is not set; write /var/lib/signet");
    }
  }

  const YamlNode& root_;
  const Config& config_;
  bool development_;
  Findings& findings_;
};

}  // namespace

void require_https_unless_loopback(const YamlNode* node, const std::string& path, Findings& findings) {
  if (node == nullptr || node->kind != NodeKind::scalar || findings.covers(path)) return;
  const auto url = http::parse_url(node->text);
  if (!url || url->tls() || is_loopback_host(url->host)) return;
  findings.error(node->place, path,
                 fmt::format("{} is plain http to a host that is not loopback; write https://", quote(*node)));
}

void cross_check(const CheckInput& input, Findings& findings) {
  check_cosmo(input, findings);
  Checks(input, findings).run();
  check_keys(find_path(input.root, "trust.keys"), "trust.keys", findings);
  check_secret_files(input.root, findings);
}

}  // namespace signet::config
