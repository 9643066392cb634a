// The trust root: a file that the configuration cannot change, and that says how far it is trusted. It is written as
// the configuration's own keys; the configuration may leave them out, or say something stricter.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "config-schema/config.hpp"
#include "config-schema/findings.hpp"
#include "config-schema/load.hpp"
#include "config-schema/positioned_yaml.hpp"

namespace signet::config {

struct TrustRoot {
  std::string graph, environment;
  std::string state_dir;  ///< empty: the configuration names it
  Trust trust;
  std::string admission_secret_file;              ///< empty: no webhook approves by a shared secret
  std::optional<std::vector<std::string>> allow;  ///< ceiling of subgraphs.allow; unset: there is none
  std::vector<std::string> unsafe;                ///< unsafe_ keys that the configuration may use
};

/// A trust root, by itself. `${…}` is refused in it: it takes nothing from the environment.
/// Errors: every mistake at once, in file order.
std::expected<TrustRoot, std::vector<Diagnostic>> load_trust_root(const SourceFile& file);

/// The same as file number `index` of a run. Nothing when it has mistakes, which are in `findings`.
struct TrustRootTree {
  YamlNode tree;
  TrustRoot root;
};
std::optional<TrustRootTree> read_trust_root(const SourceFile& file, uint32_t index, Findings& findings);

/// Puts into `tree` what it leaves to the trust root: values keep their places, in the root's file. Keys that the root
/// revokes are added.
void complete_from(const TrustRootTree& root, YamlNode& tree);

/// Every place at which the configuration is less strict than its trust root.
void check_against(const TrustRootTree& root, const YamlNode& tree, const Config& config, Findings& findings);

}  // namespace signet::config
