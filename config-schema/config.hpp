// The operator's configuration, decoded: what signet.schema.json describes, as structs with defaults filled in.
//
// Defaults here and in the schema are compared by a test. Secrets are file paths; their bytes are read by router/app.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "router/base/clock.hpp"

namespace signet::config {

using std::chrono::milliseconds;

/// `host:port`, or `unix:/path`.
struct Endpoint {
  std::string host;  ///< an IP address; empty for unix sockets
  uint16_t port = 0;
  std::string unix_path;
};

enum class TlsVersion : uint8_t { tls_1_2, tls_1_3 };

struct ListenTls {
  std::string cert_file;  ///< empty: no TLS
  std::string key_file;
  TlsVersion min_version = TlsVersion::tls_1_2;
  std::string client_ca_file;  ///< empty: clients need no certificate
};

struct Listen {
  Endpoint graphql;
  std::string path = "/graphql";
  Endpoint health{"0.0.0.0", 8088, {}};
  Endpoint admin{"127.0.0.1", 8089, {}};
  std::vector<std::string> allowed_hosts;  ///< empty: any Host
  ListenTls tls;
};

struct CdnSource {
  std::string url;    ///< base; {url}/statement.jws and {url}/artifacts/{sha256} are fetched
  std::string token;  ///< sent as Bearer to that origin only; empty: none
  milliseconds poll{10'000};
  milliseconds jitter{5'000};
  std::string push_secret_file;  ///< empty: push is off
  std::string ca_file;           ///< empty: the system's authorities
};

/// A bucket of an S3-shaped store, asked path-style: {endpoint}/{bucket}/{prefix}/statement.jws.
struct S3Source {
  std::string endpoint;  ///< scheme://host[:port]
  std::string bucket;
  std::string prefix;  ///< without slashes at its ends; empty: the bucket itself
  std::string region = "us-east-1";
  std::string credentials_file;  ///< AWS's ini form, profile [default]
  milliseconds poll{10'000};
  milliseconds jitter{5'000};
  std::string ca_file;  ///< empty: the system's authorities
};

/// Exactly one of the three.
struct Source {
  std::optional<CdnSource> cdn;
  std::string file;
  std::optional<S3Source> s3;
  bool empty() const { return !cdn && file.empty() && !s3; }
};

struct Graph {
  std::string name;
  std::string environment;
  Source source;
  Source fallback;        ///< transport failures only; the same gate
  std::string state_dir;  ///< empty: nothing is kept across restarts (signet dev, signet demo)
};

enum class KeyAlgorithm : uint8_t { hs256, ed25519 };
/// What a key verifies: statements, or bodies of Cosmo's CDN. One never counts for the other.
enum class KeyFormat : uint8_t { statement, cosmo };
/// Whose weaker protocol is spoken in place of statements.
enum class UnsafeCompat : uint8_t { none, cosmo };
enum class KeyRole : uint8_t { release, approve };

enum class OnRevoked : uint8_t { alarm, drop };

struct TrustKey {
  std::string kid;
  KeyAlgorithm algorithm = KeyAlgorithm::hs256;
  KeyRole role = KeyRole::release;
  KeyFormat format = KeyFormat::statement;
  std::string secret_file;      ///< HS256
  std::string public_key_file;  ///< Ed25519
  std::optional<WallTime> not_before;
  std::optional<WallTime> not_after;
};

struct Trust {
  std::vector<TrustKey> keys;
  std::vector<KeyRole> required_roles{KeyRole::release, KeyRole::approve};
  std::vector<std::string> revoked;
  OnRevoked on_revoked = OnRevoked::alarm;
  uint64_t min_serial = 0;
  std::optional<milliseconds> stale_grace;          ///< unset: for ever
  bool require_signed_config = false;               ///< the configuration itself passed the gate
  UnsafeCompat unsafe_compat = UnsafeCompat::none;  ///< of graph.source.cdn and graph.fallback.cdn
};

struct Admission {
  std::string url;  ///< empty: approval must be in the statement
  std::string secret_file;
  milliseconds timeout{10'000};
  bool unsafe_audit_only = false;       ///< nothing the webhook says keeps an artifact out
  bool unsafe_ignore_failures = false;  ///< a webhook that cannot be asked does not
};

struct SubgraphTls {
  std::string ca_file;  ///< empty: the system's authorities
  std::string cert_file;
  std::string key_file;  ///< with cert_file, or both empty
  bool empty() const { return ca_file.empty() && cert_file.empty() && key_file.empty(); }
  friend bool operator==(const SubgraphTls&, const SubgraphTls&) = default;
};

/// Settings of one subgraph; unset values come from `subgraphs.all`.
struct SubgraphSettings {
  std::optional<milliseconds> timeout;
  std::optional<milliseconds> connect_timeout;
  std::optional<uint64_t> max_response_bytes;
  SubgraphTls tls;  ///< ca_file, and the other two together, each from `subgraphs.all` where empty
};

struct Subgraphs {
  static constexpr milliseconds kTimeout{25'000};
  static constexpr milliseconds kConnectTimeout{3'000};
  static constexpr uint64_t kMaxResponseBytes = 16u << 20;

  std::vector<std::string> allow;
  std::optional<std::vector<std::string>> ceiling;  ///< of the trust root: what it does not list is not allowed either
  SubgraphSettings all{kTimeout, kConnectTimeout, kMaxResponseBytes, {}};
  std::map<std::string, SubgraphSettings> by_name;
};

enum class StatusPolicy : uint8_t { audit, draft_2026_08 };

enum class OperationsMode : uint8_t { off, safelist, ids_only };

struct Operations {
  OperationsMode mode = OperationsMode::off;
  Source source;  ///< of the signed manifest; required unless the mode is off
};

enum class LimitMode : uint8_t { off, measure, enforce };

struct Limit {
  uint64_t max = 0;
  LimitMode mode = LimitMode::enforce;
  friend bool operator==(const Limit&, const Limit&) = default;
};

struct Limits {
  Limit depth{20};
  Limit height{200};
  Limit aliases{30};
  Limit root_fields{20};
  Limit directives{50};
  Limit directives_per_location{20};
  Limit tokens{15'000};
  Limit recursion{200};
  Limit fields{3'500};
  Limit document{32u << 10};  ///< Units: bytes
  Limit expanded_selections{100'000};
  Limit operation_name{256};  ///< Units: bytes
  uint64_t body_bytes = 2'000'000;
  uint64_t unread_answers_bytes = 64u << 20;
  uint64_t tls_handshakes = 1'024;
  friend bool operator==(const Limits&, const Limits&) = default;
};

struct Cors {
  std::vector<std::string> origins;  ///< exact; empty: CORS is off
  bool credentials = false;
  milliseconds max_age{600'000};
  std::vector<std::string> headers{"content-type"};
};

struct Csrf {
  bool enabled = true;
  std::vector<std::string> headers{"x-apollo-operation-name", "apollo-require-preflight"};
};

enum class SubgraphMessages : uint8_t { masked, shown };

struct Errors {
  SubgraphMessages subgraph_messages = SubgraphMessages::masked;
  std::vector<std::string> allow_codes;
};

struct Shutdown {
  milliseconds pre_stop{5'000};
  milliseconds drain{25'000};
};

enum class OnStale : uint8_t { ready, not_ready };

struct Telemetry {
  std::string otlp_endpoint;  ///< base URL; empty: no OTLP
  milliseconds export_interval{5'000};
  double trace_sample = 0.01;
  bool prometheus = true;
  bool usage = true;
  std::string service_name = "signet-router";
};

enum class AccessLog : uint8_t { off, stdout_ };

enum class OnTamper : uint8_t { alarm, refuse_start };

/// The audit log in `graph.state_dir`.
struct Audit {
  std::string key_file;  ///< empty: the chain stands without signatures
  std::string kid;       ///< with key_file
  uint64_t checkpoint_records = 1'000;
  milliseconds checkpoint_every{60'000};
  uint64_t rotate_bytes = 64u << 20;
  uint64_t rotate_keep = 16;  ///< segments, the open one included
  OnTamper on_tamper = OnTamper::alarm;
};

/// Keys of sealed values; what they open stands in its place already.
struct Secrets {
  std::string master_key_file;           ///< empty: there are no sealed values
  std::string previous_master_key_file;  ///< empty: there is one key
};

struct Config {
  Listen listen;
  uint32_t workers = 0;  ///< 0: as many as the cgroup and the affinity mask allow
  Graph graph;
  Trust trust;
  Admission admission;
  Subgraphs subgraphs;
  StatusPolicy status_policy = StatusPolicy::audit;
  Operations operations;
  Limits limits;
  Cors cors;
  Csrf csrf;
  bool introspection = false;
  Errors errors;
  milliseconds client_timeout{30'000};
  Shutdown shutdown;
  OnStale on_stale = OnStale::ready;
  Telemetry telemetry;
  AccessLog access_log = AccessLog::stdout_;
  Audit audit;
  Secrets secrets;
};

/// Whether anything is proved by a statement: all but what comes from Cosmo's CDN.
bool uses_statements(const Config& config);

}  // namespace signet::config
