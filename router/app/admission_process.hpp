// The admission server as a process: signing/admission behind an HTTP listener.
#pragma once

#include <expected>
#include <functional>
#include <string>

#include "config-schema/admission_policy.hpp"

namespace signet::app {

using ReloadPolicy = std::function<std::expected<config::AdmissionPolicyFile, std::string>()>;

/// Serves its pages until SIGTERM or SIGINT. SIGHUP reads policy and key files again through `reload`, whole or not at
/// all; only `listen`, `store_dir` and `store_artifacts_max` need a restart. Returns the process's exit code.
int run_admission(const config::AdmissionPolicyFile& file, const ReloadPolicy& reload);

}  // namespace signet::app
