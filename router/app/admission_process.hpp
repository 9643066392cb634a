// The admission server as a process: signing/admission behind an HTTP listener.
#pragma once

#include <expected>
#include <functional>
#include <string>

#include "config-schema/admission_policy.hpp"
#include "signing/admission/server.hpp"

namespace signet::app {

/// Reads the key files of a policy. Errors: the first problem with its YAML key; never a secret.
std::expected<admission::ServerPolicy, std::string> make_server_policy(const config::AdmissionPolicyFile& file);

using ReloadPolicy = std::function<std::expected<config::AdmissionPolicyFile, std::string>()>;

/// Serves POST /review until SIGTERM or SIGINT, and /health/live. SIGHUP reads policy and key files again through
/// `reload`, whole or not at all; only `listen` needs a restart. Returns the process's exit code.
int run_admission(const config::AdmissionPolicyFile& file, const ReloadPolicy& reload);

}  // namespace signet::app
