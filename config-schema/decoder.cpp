#include "config-schema/decoder.hpp"

#include "config-schema/formats.hpp"
#include "config-schema/map_reader.hpp"
#include "router/base/units.hpp"

namespace signet::config {
namespace {

KeyRole role_of(std::string_view text) {
  return text == "approve" ? KeyRole::approve : KeyRole::release;
}

Listen decode_listen(const MapReader& map, Listen out) {
  map.read("graphql", out.graphql, parse_endpoint);
  map.read("path", out.path);
  map.read("health", out.health, parse_endpoint_or_off);
  map.read("admin", out.admin, parse_endpoint_or_off);
  map.read("allowed_hosts", out.allowed_hosts);
  const MapReader tls = map.map("tls");
  tls.read("cert_file", out.tls.cert_file);
  tls.read("key_file", out.tls.key_file);
  tls.read_word("min_version", out.tls.min_version, {{"1.2", TlsVersion::tls_1_2}, {"1.3", TlsVersion::tls_1_3}});
  tls.read("client_ca_file", out.tls.client_ca_file);
  return out;
}

CdnSource decode_cdn(const MapReader& map) {
  CdnSource out;
  map.read("url", out.url);
  map.read("token", out.token);
  map.read("poll", out.poll, parse_duration);
  map.read("jitter", out.jitter, parse_duration);
  map.map("push").read("secret_file", out.push_secret_file);
  map.map("tls").read("ca_file", out.ca_file);
  return out;
}

S3Source decode_s3(const MapReader& map) {
  S3Source out;
  map.read("endpoint", out.endpoint);
  map.read("bucket", out.bucket);
  map.read("prefix", out.prefix);
  map.read("region", out.region);
  map.read("credentials_file", out.credentials_file);
  map.read("poll", out.poll, parse_duration);
  map.read("jitter", out.jitter, parse_duration);
  map.map("tls").read("ca_file", out.ca_file);
  return out;
}

Source decode_source(const MapReader& map) {
  Source out;
  map.read("file", out.file);
  if (map.node("cdn") != nullptr) out.cdn = decode_cdn(map.map("cdn"));
  if (map.node("s3") != nullptr) out.s3 = decode_s3(map.map("s3"));
  return out;
}

Graph decode_graph(const MapReader& map) {
  Graph out;
  map.read("name", out.name);
  map.read("environment", out.environment);
  out.source = decode_source(map.map("source"));
  out.fallback = decode_source(map.map("fallback"));
  map.read("state_dir", out.state_dir);
  return out;
}

TrustKey decode_key(const MapReader& map) {
  TrustKey out;
  map.read("kid", out.kid);
  map.read_word("alg", out.algorithm, {{"HS256", KeyAlgorithm::hs256}, {"Ed25519", KeyAlgorithm::ed25519}});
  map.read_word("role", out.role, {{"release", KeyRole::release}, {"approve", KeyRole::approve}});
  map.read_word("format", out.format, {{"statement", KeyFormat::statement}, {"cosmo", KeyFormat::cosmo}});
  map.read("secret_file", out.secret_file);
  map.read("public_key_file", out.public_key_file);
  map.read("not_before", out.not_before, parse_timestamp);
  map.read("not_after", out.not_after, parse_timestamp);
  return out;
}

Trust decode_trust(const MapReader& map) {
  Trust out;
  out.keys = decode_keys(map.node("keys"));
  if (map.node("required_roles") != nullptr) {
    out.required_roles.clear();
    for (const std::string& role : decode_texts(map.node("required_roles")))
      out.required_roles.push_back(role_of(role));
  }
  map.read("revoked", out.revoked);
  map.read_word("on_revoked", out.on_revoked, {{"alarm", OnRevoked::alarm}, {"drop", OnRevoked::drop}});
  map.read("min_serial", out.min_serial, parse_whole_number);
  map.read("stale_grace", out.stale_grace, parse_duration);  // `forever` does not parse and leaves it unset
  map.read("require_signed_config", out.require_signed_config);
  map.read_word("unsafe_compat", out.unsafe_compat, {{"none", UnsafeCompat::none}, {"cosmo", UnsafeCompat::cosmo}});
  return out;
}

SubgraphSettings decode_subgraph(const MapReader& map, SubgraphSettings out) {
  map.read("timeout", out.timeout, parse_duration);
  map.read("connect_timeout", out.connect_timeout, parse_duration);
  map.read("max_response", out.max_response_bytes, parse_size);
  const MapReader tls = map.map("tls");
  tls.read("ca_file", out.tls.ca_file);
  tls.read("cert_file", out.tls.cert_file);
  tls.read("key_file", out.tls.key_file);
  return out;
}

Subgraphs decode_subgraphs(const YamlNode* node) {
  Subgraphs out;
  const MapReader map(node);
  map.read("allow", out.allow);
  out.all = decode_subgraph(map.map("all"), out.all);
  if (node == nullptr) return out;
  for (const YamlMember& member : node->members) {
    if (member.key == "allow" || member.key == "all") continue;
    out.by_name.emplace(member.key, decode_subgraph(MapReader(&member.value), {}));
  }
  return out;
}

Operations decode_operations(const MapReader& map) {
  Operations out;
  map.read_word(
      "mode", out.mode,
      {{"off", OperationsMode::off}, {"safelist", OperationsMode::safelist}, {"ids_only", OperationsMode::ids_only}});
  out.source = decode_source(map.map("source"));
  return out;
}

template <class Parse>
void read_limit(const MapReader& map, std::string_view key, Limit& out, const Parse& parse_max) {
  map.read(key, out.max, parse_max);
  map.read_word(key, out.mode, {{"off", LimitMode::off}});
  map.map(key).read("max", out.max, parse_max);
  map.map(key).read_word("mode", out.mode,
                         {{"off", LimitMode::off}, {"measure", LimitMode::measure}, {"enforce", LimitMode::enforce}});
}

Limits decode_limits(const MapReader& map, Limits out) {
  read_limit(map, "depth", out.depth, parse_whole_number);
  read_limit(map, "height", out.height, parse_whole_number);
  read_limit(map, "aliases", out.aliases, parse_whole_number);
  read_limit(map, "root_fields", out.root_fields, parse_whole_number);
  read_limit(map, "directives", out.directives, parse_whole_number);
  read_limit(map, "directives_per_location", out.directives_per_location, parse_whole_number);
  read_limit(map, "tokens", out.tokens, parse_whole_number);
  read_limit(map, "recursion", out.recursion, parse_whole_number);
  read_limit(map, "fields", out.fields, parse_whole_number);
  read_limit(map, "document", out.document, parse_size);
  read_limit(map, "expanded_selections", out.expanded_selections, parse_whole_number);
  read_limit(map, "operation_name", out.operation_name, parse_whole_number);
  map.read("body", out.body_bytes, parse_size);
  map.read("unread_answers", out.unread_answers_bytes, parse_size);
  map.read("tls_handshakes", out.tls_handshakes, parse_whole_number);
  return out;
}

void decode_edge(const MapReader& root, Config& out) {
  const MapReader cors = root.map("cors");
  cors.read("origins", out.cors.origins);
  cors.read("credentials", out.cors.credentials);
  cors.read("max_age", out.cors.max_age, parse_duration);
  cors.read("headers", out.cors.headers);
  root.map("csrf").read("enabled", out.csrf.enabled);
  root.map("csrf").read("headers", out.csrf.headers);
  root.read("introspection", out.introspection);
  root.map("errors").read_word("subgraph_messages", out.errors.subgraph_messages,
                               {{"masked", SubgraphMessages::masked}, {"shown", SubgraphMessages::shown}});
  root.map("errors").read("allow_codes", out.errors.allow_codes);
  root.map("http").read_word("status_policy", out.status_policy,
                             {{"audit", StatusPolicy::audit}, {"draft-2026-08", StatusPolicy::draft_2026_08}});
}

void decode_process(const MapReader& root, Config& out) {
  uint64_t workers = out.workers;
  root.read("workers", workers, parse_whole_number);
  out.workers = static_cast<uint32_t>(workers);
  root.map("timeouts").read("client", out.client_timeout, parse_duration);
  root.map("shutdown").read("pre_stop", out.shutdown.pre_stop, parse_duration);
  root.map("shutdown").read("drain", out.shutdown.drain, parse_duration);
  root.map("readiness")
      .read_word("on_stale", out.on_stale, {{"ready", OnStale::ready}, {"not_ready", OnStale::not_ready}});
  root.map("access_log").read_word("output", out.access_log, {{"off", AccessLog::off}, {"stdout", AccessLog::stdout_}});
}

Telemetry decode_telemetry(const MapReader& map) {
  Telemetry out;
  map.map("otlp").read("endpoint", out.otlp_endpoint);
  map.map("otlp").read("interval", out.export_interval, parse_duration);
  map.map("traces").read("sample", out.trace_sample, parse_fraction);
  map.map("metrics").read("prometheus", out.prometheus);
  map.read("usage", out.usage);
  map.read("service_name", out.service_name);
  return out;
}

Audit decode_audit(const MapReader& map) {
  Audit out;
  map.read("key_file", out.key_file);
  map.read("kid", out.kid);
  map.map("checkpoint").read("records", out.checkpoint_records, parse_whole_number);
  map.map("checkpoint").read("every", out.checkpoint_every, parse_duration);
  map.map("rotate").read("size", out.rotate_bytes, parse_size);
  map.map("rotate").read("keep", out.rotate_keep, parse_whole_number);
  map.read_word("on_tamper", out.on_tamper, {{"alarm", OnTamper::alarm}, {"refuse_start", OnTamper::refuse_start}});
  return out;
}

}  // namespace

std::vector<std::string> decode_texts(const YamlNode* list) {
  std::vector<std::string> out;
  if (list == nullptr) return out;
  for (const YamlNode& item : list->items) {
    if (item.kind == NodeKind::scalar && !item.failed) out.push_back(item.text);
  }
  return out;
}

std::vector<TrustKey> decode_keys(const YamlNode* list) {
  std::vector<TrustKey> out;
  if (list == nullptr) return out;
  for (const YamlNode& item : list->items) out.push_back(decode_key(MapReader(&item)));
  return out;
}

Config default_config(bool development) {
  Config out;
  if (!development) return out;
  out.listen.graphql = {"127.0.0.1", 4000, {}};
  out.introspection = true;
  Limits& limits = out.limits;
  for (Limit* limit : {&limits.depth, &limits.height, &limits.aliases, &limits.root_fields, &limits.directives,
                       &limits.directives_per_location, &limits.tokens, &limits.recursion, &limits.fields,
                       &limits.document, &limits.expanded_selections, &limits.operation_name}) {
    limit->mode = LimitMode::measure;
  }
  return out;
}

Config decode(const YamlNode& root, bool development) {
  Config out = default_config(development);
  const MapReader map(&root);
  out.listen = decode_listen(map.map("listen"), out.listen);
  out.graph = decode_graph(map.map("graph"));
  out.trust = decode_trust(map.map("trust"));
  const MapReader admission = map.map("admission");
  admission.read("url", out.admission.url);
  admission.read("secret_file", out.admission.secret_file);
  admission.read("timeout", out.admission.timeout, parse_duration);
  admission.read("unsafe_audit_only", out.admission.unsafe_audit_only);
  admission.read("unsafe_ignore_failures", out.admission.unsafe_ignore_failures);
  out.subgraphs = decode_subgraphs(map.node("subgraphs"));
  out.operations = decode_operations(map.map("operations"));
  out.limits = decode_limits(map.map("limits"), out.limits);
  decode_edge(map, out);
  decode_process(map, out);
  out.telemetry = decode_telemetry(map.map("telemetry"));
  out.audit = decode_audit(map.map("audit"));
  map.map("secrets").read("master_key_file", out.secrets.master_key_file);
  map.map("secrets").read("previous_master_key_file", out.secrets.previous_master_key_file);
  return out;
}

}  // namespace signet::config
