// Checks of keys and of the files that hold secrets.
#include <filesystem>
#include <fmt/format.h>
#include <map>

#include "config-schema/cross_checks.hpp"
#include "config-schema/map_reader.hpp"
#include "config-schema/unsealing.hpp"
#include "router/base/units.hpp"

namespace signet::config {
namespace {

void check_algorithm(const YamlNode& key, const std::string& path, Findings& findings) {
  const std::string* alg = MapReader(&key).text("alg");
  const bool public_key = key.find("public_key_file") != nullptr;
  const bool secret = key.find("secret_file") != nullptr;
  if (public_key == secret) return;  // the schema has said so
  if (public_key && (alg == nullptr || *alg == "HS256")) {
    findings.error(alg == nullptr ? key.place : key.find("alg")->place, path + ".alg",
                   "a public_key_file goes with `alg: Ed25519`; write it, or use secret_file");
  } else if (secret && alg != nullptr && *alg == "Ed25519") {
    findings.error(key.find("alg")->place, path + ".alg", "Ed25519 goes with public_key_file; HS256 with secret_file");
  }
}

// Cosmo signs with one secret, and what it signs has been built and approved.
void check_key_format(const YamlNode& key, const std::string& path, Findings& findings) {
  const MapReader map(&key);
  const std::string* format = map.text("format");
  if (format == nullptr || *format != "cosmo") return;
  const std::string* role = map.text("role");
  if (role != nullptr && *role != "release") {
    findings.error(key.find("role")->place, path + ".role", "a key of format cosmo has the role release; write that");
  }
  if (key.find("public_key_file") != nullptr) {
    findings.error(key.find("format")->place, path + ".format",
                   "cosmo goes with secret_file: the key that Cosmo's admission server signs with");
  }
}

void check_validity(const YamlNode& key, const std::string& path, Findings& findings) {
  const std::string* before = MapReader(&key).text("not_before");
  const std::string* after = MapReader(&key).text("not_after");
  if (before == nullptr || after == nullptr) return;
  const auto from = parse_timestamp(*before);
  const auto to = parse_timestamp(*after);
  if (from && to && *from >= *to) {
    findings.error(key.find("not_after")->place, path + ".not_after",
                   fmt::format("{} is not later than not_before, {}", quote(*key.find("not_after")),
                               quote(*key.find("not_before"))));
  }
}

struct SecretFile {
  const YamlNode* node;
  std::string path;     // of the key
  std::string purpose;  // what the secret is for
};

// Every file named in the configuration that holds a secret.
std::vector<SecretFile> secret_files(const YamlNode& root) {
  std::vector<SecretFile> out;
  const auto add = [&](const YamlNode* node, std::string path, std::string purpose) {
    if (node != nullptr && node->kind == NodeKind::scalar && !node->failed) {
      out.push_back({node, std::move(path), std::move(purpose)});
    }
  };
  if (const YamlNode* keys = find_path(root, "trust.keys")) {
    for (size_t i = 0; i < keys->items.size(); ++i) {
      add(keys->items[i].find("secret_file"), fmt::format("trust.keys[{}].secret_file", i),
          keys->items[i].find("kid") == nullptr ? "another key"
                                                : fmt::format("the key {}", quote(*keys->items[i].find("kid"))));
    }
  }
  add(find_path(root, "admission.secret_file"), "admission.secret_file", "the admission webhook");
  constexpr std::string_view kPush = "graph.source.cdn.push.secret_file";
  add(find_path(root, kPush), std::string(kPush), "push requests");
  add(find_path(root, "audit.key_file"), "audit.key_file", "the audit log");
  for (const std::string_view path : {kMasterKey, kPreviousMasterKey}) {
    add(find_path(root, path), std::string(path), "sealed values");
  }
  return out;
}

// Keys of certificates. One may serve several subgraphs, so that they are not asked to differ.
void check_tls_keys(const YamlNode& root, Findings& findings) {
  const auto check = [&](const YamlNode* tls, const std::string& path) {
    const YamlNode* key = tls == nullptr ? nullptr : tls->find("key_file");
    if (key == nullptr || key->kind != NodeKind::scalar || key->failed) return;
    warn_if_readable_by_others(*key, path + ".tls.key_file", findings);
  };
  check(find_path(root, "listen.tls"), "listen");
  const YamlNode* subgraphs = root.find("subgraphs");
  if (subgraphs == nullptr) return;
  for (const YamlMember& member : subgraphs->members) {
    check(member.value.find("tls"), join_path("subgraphs", member.key));
  }
}

// One may serve several sources, too.
void check_credentials(const YamlNode& root, Findings& findings) {
  for (const std::string_view source : {"graph.source", "graph.fallback", "operations.source"}) {
    const std::string path = std::string(source) + ".s3.credentials_file";
    const YamlNode* file = find_path(root, path);
    if (file == nullptr || file->kind != NodeKind::scalar || file->failed) continue;
    warn_if_readable_by_others(*file, path, findings);
  }
}

}  // namespace

void check_keys(const YamlNode* list, const std::string& path, Findings& findings) {
  if (list == nullptr) return;
  std::map<std::string, size_t> kids;
  for (size_t i = 0; i < list->items.size(); ++i) {
    const YamlNode& key = list->items[i];
    const std::string own = fmt::format("{}[{}]", path, i);
    check_algorithm(key, own, findings);
    check_key_format(key, own, findings);
    check_validity(key, own, findings);
    const std::string* kid = MapReader(&key).text("kid");
    if (kid == nullptr) continue;
    const auto [first, fresh] = kids.emplace(*kid, i);
    if (fresh) continue;
    findings.error(key.find("kid")->place, own + ".kid",
                   fmt::format("{} is the kid of {}[{}] already; each key has its own", quote(*key.find("kid")), path,
                               first->second));
  }
}

void check_secret_files(const YamlNode& root, Findings& findings) {
  std::map<std::string, SecretFile> seen;
  for (const SecretFile& file : secret_files(root)) {
    const auto [first, fresh] = seen.emplace(std::filesystem::path(file.node->text).lexically_normal().string(), file);
    if (!fresh) {
      findings.error(file.node->place, file.path,
                     fmt::format("{} is the secret of {} already ({}); each purpose needs a secret of its own",
                                 quote(*file.node), first->second.purpose, first->second.path));
      continue;
    }
    warn_if_readable_by_others(*file.node, file.path, findings);
  }
  check_tls_keys(root, findings);
  check_credentials(root, findings);
}

void warn_if_readable_by_others(const YamlNode& path_node, const std::string& path, Findings& findings) {
  std::error_code failed;
  const std::filesystem::file_status status = std::filesystem::status(path_node.text, failed);
  if (failed || status.type() != std::filesystem::file_type::regular) return;  // whoever reads it says what is wrong
  using std::filesystem::perms;
  if ((status.permissions() & (perms::group_read | perms::others_read)) == perms::none) return;
  findings.warning(path_node.place, path,
                   fmt::format("{} can be read by its group or by others; chmod 600, or 0400 in a Secret's defaultMode",
                               quote(path_node)));
}

}  // namespace signet::config
