// RouterProcess: one router, wired: listeners, workers, the gate's watchers, telemetry, readiness, shutdown.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "config-schema/config.hpp"
#include "signing/core/trust_policy.hpp"

namespace signet::app {

/// A graph signed and approved in memory, for signet dev.
struct DevelopmentGraph {
  std::string statement;
  std::string artifact;
  signing::TrustPolicy trust;
};

struct RouterOptions {
  config::Config config;
  std::optional<DevelopmentGraph> development;
  bool once_or_exit = false;  ///< exit with 1 when no graph serves after the first attempt
};

/// Runs until SIGTERM or SIGINT. Returns the process's exit code: 0 stopped as asked, 1 once_or_exit failed, 3 the
/// environment (a port, a key file) does not let it start. Problems are written to stderr.
int run_router(RouterOptions options);

}  // namespace signet::app
