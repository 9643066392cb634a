#include "config-schema/load.hpp"

#include "config-schema/cross_checks.hpp"
#include "config-schema/decoder.hpp"
#include "config-schema/explain.hpp"
#include "config-schema/findings.hpp"
#include "config-schema/layers.hpp"
#include "config-schema/schema.hpp"
#include "config-schema/substitution.hpp"
#include "config-schema/trust_root.hpp"
#include "config-schema/unsealing.hpp"
#include "config-schema/validator.hpp"

namespace signet::config {
namespace {

// The files as one tree; nothing when one cannot be parsed. Every file is parsed even then, so that all mistakes are
// told at once.
std::optional<YamlNode> parse_layers(const std::vector<SourceFile>& files, Findings& findings) {
  std::optional<YamlNode> tree;
  bool whole = true;
  for (size_t i = 0; i < files.size(); ++i) {
    std::optional<YamlNode> layer = parse_yaml(files[i], static_cast<uint32_t>(i), findings);
    if (!layer) {
      whole = false;
    } else if (!tree) {
      tree = std::move(layer);
    } else {
      merge_layer(*tree, std::move(*layer));
    }
  }
  return whole ? tree : std::nullopt;
}

void check_verified(const YamlNode& tree, const Config& config, bool verified, Findings& findings) {
  if (!config.trust.require_signed_config || verified) return;
  findings.error(
      find_path(tree, "trust.require_signed_config")->place, "trust.require_signed_config",
      "nothing has verified this file; start with --trust-root FILE, in which require_signed_config is true");
}

}  // namespace

std::expected<Loaded, std::vector<Diagnostic>> load(const std::vector<SourceFile>& files,
                                                    const SubstitutionSources& sources, const LoadOptions& options) {
  if (files.empty()) {
    if (options.development) {
      const YamlNode nothing{.kind = NodeKind::map};
      return Loaded{default_config(true), explain(config_schema(), nothing, files, true), {}, {}, options, {}};
    }
    return std::unexpected(std::vector<Diagnostic>{{.message = "no configuration file; pass one with -c FILE"}});
  }
  std::vector<SourceFile> all = files;
  if (options.trust_root) all.push_back(*options.trust_root);
  Findings findings(all);
  std::optional<YamlNode> tree = parse_layers(files, findings);
  std::optional<TrustRootTree> root;
  if (options.trust_root) root = read_trust_root(all.back(), static_cast<uint32_t>(files.size()), findings);
  if (!tree || findings.failed()) return std::unexpected(findings.take_errors());
  std::vector<FileUse> used;
  substitute(*tree, sources, findings, &used);
  if (root) complete_from(*root, *tree);
  unseal(*tree, sources, used, findings);
  validate(config_schema(), *tree, options.development, findings);
  Config config = decode(*tree, options.development);
  if (root) {
    check_against(*root, *tree, config, findings);
    config.subgraphs.ceiling = root->root.allow;
  }
  cross_check({*tree, config, options.development}, findings);
  check_verified(*tree, config, options.verified, findings);
  if (findings.failed()) return std::unexpected(findings.take_errors());
  return Loaded{std::move(config),
                explain(config_schema(), *tree, all, options.development),
                findings.take_warnings(),
                files,
                options,
                std::move(used)};
}

}  // namespace signet::config
