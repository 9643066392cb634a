// signet check: configuration and supergraph, every error at once.
#include <fmt/format.h>

#include "config-schema/posture.hpp"
#include "router/app/source_files.hpp"
#include "router/app/state_store.hpp"
#include "router/app/tls_files.hpp"
#include "router/app/trust_setup.hpp"
#include "router/cli/artifact_check.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "router/federation/supergraph.hpp"

namespace signet::cli {
namespace {

int check_supergraph(const std::string& file, bool json) {
  auto sdl = read_input(file);
  if (!sdl) return kEnvironment;
  auto supergraph = federation::load_supergraph(*sdl);
  if (supergraph) return kOk;
  if (!json) {
    complain_of(file, supergraph.error());
    return kWrong;
  }
  std::vector<config::Diagnostic> diagnostics;
  for (const federation::LoadError& error : supergraph.error()) {
    diagnostics.push_back({.file = file,
                           .line = error.position.line,
                           .column = error.position.column,
                           .path = {},
                           .message = error.message,
                           .source_line = {}});
  }
  fmt::print("{}\n", config::render_json(diagnostics));
  return kWrong;
}

}  // namespace

int check(const CheckOptions& options) {
  bool good = true;
  std::vector<config::Weakness> weaknesses;
  if (!options.config.files.empty()) {
    auto config = load_config(options.config, {.development = options.development}, options.json);
    if (!config.loaded) return config.exit_code;
    weaknesses = config::posture(*config.loaded);
    auto settings = app::Settings::make(config.loaded->config, options.development);
    for (const app::FileProblem& problem : app::check_tls_files(config.loaded->config)) {
      complain(problem.text());
      good = false;
    }
    for (const std::string& problem : app::check_source_files(config.loaded->config)) {
      complain(problem);
      good = false;
    }
    if (auto writable = app::StateStore(config.loaded->config.graph.state_dir).check(); !writable) {
      complain_at(
          config.loaded->origins,
          {fmt::format("graph.state_dir: {}; make it a folder that the router's user may write to", writable.error())});
      good = false;
    }
    if (!settings) {
      complain(settings.error());
      good = false;
    } else if (!options.development) {
      if (auto policy = app::make_gate_policy(**settings, signing::ArtifactKind::graph); !policy) {
        complain_at(config.loaded->origins, policy.error());
        good = false;
      } else if (auto key = app::read_audit_key(config.loaded->config.audit, policy->trust); !key) {
        complain_at(config.loaded->origins, {key.error()});
        good = false;
      }
    }
  }
  if (!options.policy_file.empty()) {
    const int policy = check_policy(options.policy_file);
    if (policy == kEnvironment) return kEnvironment;
    good = policy == kOk && good;
  }
  if (!options.supergraph_file.empty()) {
    const int supergraph = check_supergraph(options.supergraph_file, options.json);
    if (supergraph == kEnvironment) return kEnvironment;
    good = supergraph == kOk && good;
  }
  if (good && options.posture) {
    fmt::print("{}", options.json ? config::render_posture_json(weaknesses) : config::render_posture(weaknesses));
  } else if (good && !options.json) {
    fmt::print("ok\n");
  }
  return good ? kOk : kWrong;
}

}  // namespace signet::cli
