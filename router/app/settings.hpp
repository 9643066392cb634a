// Settings: a configuration with the policies compiled from it, shared by all workers and never changed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config-schema/load.hpp"
#include "router/execution/execution.hpp"
#include "router/http/egress.hpp"
#include "router/policy/cors.hpp"
#include "router/policy/csrf.hpp"

namespace signet::app {

struct Settings {
  config::Config config;
  policy::CorsPolicy cors;
  policy::CsrfPolicy csrf;
  std::shared_ptr<const http::EgressPolicy> egress;
  execution::Settings execution;
  bool development = false;  ///< shown in status and readiness

  /// Errors: the configuration's first entry that cannot be compiled.
  static std::expected<std::shared_ptr<const Settings>, std::string> make(const config::Config& config,
                                                                          bool development);
};

/// The keys that differ and do not apply live, comma-separated.
std::string need_restart(const std::vector<config::Origin>& before, const std::vector<config::Origin>& now);

}  // namespace signet::app
