// RouterProcess: one router, wired: listeners, workers, the gate's watchers, telemetry, readiness, shutdown.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config-schema/load.hpp"
#include "router/app/signed_config.hpp"
#include "signing/core/trust_policy.hpp"

namespace signet::app {

/// A graph signed and approved in memory, for signet dev.
struct DevelopmentGraph {
  std::string statement;
  std::string artifact;
  signing::TrustPolicy trust;
};

/// A configuration as it was read, with its evidence where a trust root asked for some.
struct ReadConfig {
  config::Loaded loaded;
  std::optional<signing::Verified<signing::Artifact>> artifact;
};

struct RouterOptions {
  /// Its origins say which values apply on reload and which need a restart; from its sources it is made anew when a
  /// file changes that a value comes from.
  config::Loaded loaded;
  std::optional<signing::Verified<signing::Artifact>> config_artifact{};  ///< `loaded`, as it passed the gate
  /// Reads the configuration again, for SIGHUP and POST /admin/reload. Null: only key files and sources are read again.
  /// Errors: every mistake, as signet check prints it.
  /// `running`: the configuration in force, where it is a signed one.
  std::function<std::expected<ReadConfig, ConfigRefusal>(const signing::Artifact* running)> reload_config;
  std::optional<DevelopmentGraph> development;
  bool once_or_exit = false;  ///< exit with 1 when no graph serves after the first attempt
};

/// Runs until SIGTERM or SIGINT. Returns the process's exit code: 0 stopped as asked, 1 once_or_exit failed, 3 the
/// environment (a port, a key file) does not let it start. Problems are written to stderr.
int run_router(RouterOptions options);

}  // namespace signet::app
