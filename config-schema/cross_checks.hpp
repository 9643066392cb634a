// What one key says about another: each check reports its mistake at the key to change, with the fix.
#pragma once

#include "config-schema/config.hpp"
#include "config-schema/findings.hpp"
#include "config-schema/positioned_yaml.hpp"

namespace signet::config {

/// The tree with its decoded form. Checks leave alone what is under a path that already has an error.
struct CheckInput {
  const YamlNode& root;
  const Config& config;
  bool development;
};

void cross_check(const CheckInput& input, Findings& findings);

/// Checks of trust keys, shared with the admission policy: `alg` fits the file, no kid twice, validity in order.
void check_keys(const YamlNode* list, const std::string& path, Findings& findings);

/// Checks of trust.unsafe_compat: cosmo.
void check_cosmo(const CheckInput& input, Findings& findings);

/// An error at each key of format cosmo.
void refuse_cosmo_keys(const YamlNode& root, const std::string& why, Findings& findings);

/// Files of secrets: none for two purposes, and none that others may read (a warning).
void check_secret_files(const YamlNode& root, Findings& findings);

/// A warning when the file at `path_node` can be read by its group or by others.
void warn_if_readable_by_others(const YamlNode& path_node, const std::string& path, Findings& findings);

/// https, or plain http to a loopback host. Nothing when `node` is null.
void require_https_unless_loopback(const YamlNode* node, const std::string& path, Findings& findings);

}  // namespace signet::config
