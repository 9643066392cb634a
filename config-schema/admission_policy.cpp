#include "config-schema/admission_policy.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

#include "config-schema/cross_checks.hpp"
#include "config-schema/decoder.hpp"
#include "config-schema/findings.hpp"
#include "config-schema/formats.hpp"
#include "config-schema/map_reader.hpp"
#include "config-schema/schema.hpp"
#include "config-schema/substitution.hpp"
#include "config-schema/validator.hpp"
#include "router/base/units.hpp"

namespace signet::config {
namespace {

std::vector<unsigned> decode_days(const YamlNode* list) {
  constexpr std::array<std::string_view, 7> kDays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  std::vector<unsigned> days;
  for (const std::string& name : decode_texts(list)) {
    const auto* day = std::ranges::find(kDays, name);
    if (day != kDays.end()) days.push_back(static_cast<unsigned>(day - kDays.begin()));
  }
  if (list == nullptr) days = {0, 1, 2, 3, 4, 5, 6};
  return days;
}

void decode_times(const MapReader& map, AdmissionGraphPolicy& out) {
  const auto items = [&map](std::string_view key) {
    const YamlNode* list = map.node(key);
    return list != nullptr ? list->items : std::vector<YamlNode>();
  };
  for (const YamlNode& item : items("windows")) {
    const MapReader window(&item);
    AdmissionWindow& made = out.windows.emplace_back();
    made.days = decode_days(window.node("days"));
    window.read("from", made.from, parse_time_of_day);
    window.read("to", made.to, parse_time_of_day);
  }
  for (const YamlNode& item : items("freezes")) {
    const MapReader freeze(&item);
    AdmissionFreeze& made = out.freezes.emplace_back();
    freeze.read("from", made.from, parse_timestamp);
    freeze.read("to", made.to, parse_timestamp);
  }
}

AdmissionArtifacts decode_artifacts(const MapReader& map) {
  AdmissionArtifacts out;
  map.read("file", out.file);
  if (map.node("cdn") != nullptr) {
    const MapReader cdn = map.map("cdn");
    out.cdn.emplace();
    cdn.read("url", out.cdn->url);
    cdn.read("token", out.cdn->token);
    cdn.read("ca_file", out.cdn->ca_file);
  }
  return out;
}

AdmissionCosmo decode_cosmo(const MapReader& map) {
  AdmissionCosmo out;
  map.read("webhook_secret_file", out.webhook_secret_file);
  map.read("sign_key_file", out.sign_key_file);
  map.read("origins", out.origins);
  map.read("allow", out.allow);
  map.read("allow_plain_http", out.allow_plain_http);
  map.read("max_subgraphs", out.max_subgraphs, parse_whole_number);
  return out;
}

AdmissionGraphPolicy decode_graph(const MapReader& map) {
  AdmissionGraphPolicy out;
  map.read("name", out.name);
  map.read("environment", out.environment);
  out.keys = decode_keys(map.node("keys"));
  map.read("allow", out.allow);
  map.read("allow_plain_http", out.allow_plain_http);
  map.read("required_signers", out.required_signers);
  map.read("kinds", out.kinds);
  map.read("approvers", out.approvers, parse_whole_number);
  map.read("max_subgraphs", out.max_subgraphs, parse_whole_number);
  out.artifacts = decode_artifacts(map.map("artifacts"));
  map.read("forbid", out.forbid);
  map.read_word("unknown_previous", out.allow_unknown_previous, {{"allow", true}, {"deny", false}});
  decode_times(map, out);
  return out;
}

AdmissionPolicyFile decode_policy(const YamlNode& root) {
  AdmissionPolicyFile out;
  const MapReader map(&root);
  map.read("listen", out.listen, parse_endpoint);
  map.read("secret_file", out.secret_file);
  map.read("store_dir", out.store_dir);
  map.read("store_artifacts_max", out.store_artifacts_max, parse_whole_number);
  if (map.node("cosmo") != nullptr) out.cosmo = decode_cosmo(map.map("cosmo"));
  const MapReader approve = map.map("approve");
  approve.read("kid", out.approve_kid);
  approve.read("key_file", out.approve_key_file);
  if (const YamlNode* graphs = map.node("graphs")) {
    for (const YamlNode& graph : graphs->items) out.graphs.push_back(decode_graph(MapReader(&graph)));
  }
  return out;
}

bool has_key(const AdmissionGraphPolicy& graph, std::string_view kid) {
  for (const TrustKey& key : graph.keys) {
    if (key.kid == kid) return true;
  }
  return false;
}

void check_graph(const YamlNode& node, const AdmissionGraphPolicy& graph, const std::string& path, Findings& findings) {
  check_keys(node.find("keys"), path + ".keys", findings);
  for (size_t i = 0; i < graph.required_signers.size(); ++i) {
    if (has_key(graph, graph.required_signers[i])) continue;
    const YamlNode& signer = node.find("required_signers")->items[i];
    findings.error(signer.place, fmt::format("{}.required_signers[{}]", path, i),
                   fmt::format("{} is not the kid of one of this graph's keys; add the key", quote(signer)));
  }
  size_t approvers = 0;
  for (const TrustKey& key : graph.keys) approvers += key.role == KeyRole::approve ? 1 : 0;
  if (graph.approvers > approvers) {
    findings.error(node.find("approvers")->place, path + ".approvers",
                   fmt::format("{} approve signatures are asked for and {} keys have the role approve; add keys",
                               graph.approvers, approvers));
  }
}

// Changes are judged against what was approved, over bytes that the server has: neither may be missing.
void check_changes(const YamlNode& node, const AdmissionGraphPolicy& graph, const std::string& store_dir,
                   const std::string& path, Findings& findings) {
  if (!graph.artifacts.empty() && store_dir.empty()) {
    findings.error(node.find("artifacts")->place, path + ".artifacts",
                   "store_dir is missing; name a folder where approved artifacts are kept");
  }
  for (const std::string_view key : {"windows", "freezes"}) {
    if (!graph.artifacts.empty() || node.find(key) == nullptr || node.find(key)->items.empty()) continue;
    findings.error(node.find(key)->place, fmt::format("{}.{}", path, key),
                   fmt::format("needs {}.artifacts and store_dir, so that what was approved before is known", path));
  }
  if (!graph.forbid.empty() && graph.artifacts.empty()) {
    findings.error(node.find("forbid")->place, path + ".forbid",
                   fmt::format("changes cannot be judged without {}.artifacts; write where the server reads the "
                               "graph's artifacts",
                               path));
  }
  if (graph.artifacts.cdn) {
    require_https_unless_loopback(node.find("artifacts")->find("cdn")->find("url"), path + ".artifacts.cdn.url",
                                  findings);
  }
  for (size_t i = 0; i < graph.freezes.size(); ++i) {
    if (graph.freezes[i].from < graph.freezes[i].to) continue;
    const YamlNode& freeze = node.find("freezes")->items[i];
    findings.error(freeze.place, fmt::format("{}.freezes[{}]", path, i), "ends before it begins; swap the two times");
  }
}

void check_cosmo(const YamlNode* node, Findings& findings) {
  if (node == nullptr) return;
  size_t index = 0;
  for (const YamlNode& origin : node->find("origins")->items) {
    require_https_unless_loopback(&origin, fmt::format("cosmo.origins[{}]", index++), findings);
  }
}

void check_graphs(const YamlNode& root, const AdmissionPolicyFile& policy, Findings& findings) {
  const YamlNode* list = root.find("graphs");
  std::map<std::pair<std::string, std::string>, size_t> seen;
  for (size_t i = 0; i < policy.graphs.size(); ++i) {
    const AdmissionGraphPolicy& graph = policy.graphs[i];
    const std::string path = fmt::format("graphs[{}]", i);
    check_graph(list->items[i], graph, path, findings);
    check_changes(list->items[i], graph, policy.store_dir, path, findings);
    const auto [first, fresh] = seen.emplace(std::pair(graph.name, graph.environment), i);
    if (fresh || graph.name.empty()) continue;
    findings.error(
        list->items[i].place, path,
        fmt::format("{} in {} is described by graphs[{}] already; merge the two", quote(*list->items[i].find("name")),
                    quote(*list->items[i].find("environment")), first->second));
  }
}

void warn_of_secret(const YamlNode* map, std::string_view key, std::string_view path, Findings& findings) {
  if (map == nullptr || MapReader(map).text(key) == nullptr) return;
  warn_if_readable_by_others(*map->find(key), fmt::format("{}{}", path, key), findings);
}

void check_secret_files_of_policy(const YamlNode& root, Findings& findings) {
  warn_of_secret(&root, "secret_file", "", findings);
  warn_of_secret(root.find("approve"), "key_file", "approve.", findings);
  warn_of_secret(root.find("cosmo"), "webhook_secret_file", "cosmo.", findings);
  warn_of_secret(root.find("cosmo"), "sign_key_file", "cosmo.", findings);
  const YamlNode* graphs = root.find("graphs");
  for (size_t i = 0; graphs != nullptr && i < graphs->items.size(); ++i) {
    const YamlNode* keys = graphs->items[i].find("keys");
    for (size_t k = 0; keys != nullptr && k < keys->items.size(); ++k) {
      warn_of_secret(&keys->items[k], "secret_file", fmt::format("graphs[{}].keys[{}].", i, k), findings);
    }
  }
}

}  // namespace

std::expected<AdmissionPolicyFile, std::vector<Diagnostic>> load_admission_policy(const SourceFile& file,
                                                                                  const SubstitutionSources& sources) {
  const std::vector<SourceFile> files{file};
  Findings findings(files);
  std::optional<YamlNode> tree = parse_yaml(files.front(), 0, findings);
  if (!tree) return std::unexpected(findings.take_errors());
  substitute(*tree, sources, findings);
  validate(admission_schema(), *tree, false, findings);
  AdmissionPolicyFile policy = decode_policy(*tree);
  if (!findings.failed()) {
    check_graphs(*tree, policy, findings);
    check_cosmo(tree->find("cosmo"), findings);
  }
  if (findings.failed()) return std::unexpected(findings.take_errors());
  check_secret_files_of_policy(*tree, findings);
  policy.warnings = findings.take_warnings();
  return policy;
}

}  // namespace signet::config
