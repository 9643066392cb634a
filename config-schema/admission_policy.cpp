#include "config-schema/admission_policy.hpp"

#include <fmt/format.h>
#include <map>

#include "config-schema/cross_checks.hpp"
#include "config-schema/decoder.hpp"
#include "config-schema/findings.hpp"
#include "config-schema/formats.hpp"
#include "config-schema/schema.hpp"
#include "config-schema/substitution.hpp"
#include "config-schema/validator.hpp"

namespace signet::config {
namespace {

const std::string* text_of(const YamlNode& map, std::string_view key) {
  const YamlNode* node = map.find(key);
  return node != nullptr && node->kind == NodeKind::scalar && !node->failed ? &node->text : nullptr;
}

void read_text(const YamlNode& map, std::string_view key, std::string& out) {
  if (const std::string* text = text_of(map, key)) out = *text;
}

void read_number(const YamlNode& map, std::string_view key, uint32_t& out) {
  if (const std::string* text = text_of(map, key)) {
    if (const auto number = parse_whole_number(*text)) out = static_cast<uint32_t>(*number);
  }
}

AdmissionGraphPolicy decode_graph(const YamlNode& map) {
  AdmissionGraphPolicy out;
  read_text(map, "name", out.name);
  read_text(map, "environment", out.environment);
  out.keys = decode_keys(map.find("keys"));
  out.allow = decode_texts(map.find("allow"));
  if (const std::string* plain = text_of(map, "allow_plain_http")) out.allow_plain_http = *plain == "true";
  out.required_signers = decode_texts(map.find("required_signers"));
  read_number(map, "approvers", out.approvers);
  read_number(map, "max_subgraphs", out.max_subgraphs);
  return out;
}

AdmissionPolicyFile decode_policy(const YamlNode& root) {
  AdmissionPolicyFile out;
  if (const std::string* listen = text_of(root, "listen")) out.listen = parse_endpoint(*listen).value_or(out.listen);
  read_text(root, "secret_file", out.secret_file);
  if (const YamlNode* approve = root.find("approve")) {
    read_text(*approve, "kid", out.approve_kid);
    read_text(*approve, "key_file", out.approve_key_file);
  }
  if (const YamlNode* graphs = root.find("graphs")) {
    for (const YamlNode& graph : graphs->items) out.graphs.push_back(decode_graph(graph));
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

void check_graphs(const YamlNode& root, const AdmissionPolicyFile& policy, Findings& findings) {
  const YamlNode* list = root.find("graphs");
  std::map<std::pair<std::string, std::string>, size_t> seen;
  for (size_t i = 0; i < policy.graphs.size(); ++i) {
    const AdmissionGraphPolicy& graph = policy.graphs[i];
    const std::string path = fmt::format("graphs[{}]", i);
    check_graph(list->items[i], graph, path, findings);
    const auto [first, fresh] = seen.emplace(std::pair(graph.name, graph.environment), i);
    if (fresh || graph.name.empty()) continue;
    findings.error(list->items[i].place, path,
                   fmt::format("{} in {} is described by graphs[{}] already; merge the two", quote(graph.name),
                               quote(graph.environment), first->second));
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
  if (!findings.failed()) check_graphs(*tree, policy, findings);
  if (findings.failed()) return std::unexpected(findings.take_errors());
  return policy;
}

}  // namespace signet::config
