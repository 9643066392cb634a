// From the admission policy's YAML to what the server works with: key files read, words made into rules.
#pragma once

#include <expected>
#include <string>

#include "config-schema/admission_policy.hpp"
#include "signing/admission/server.hpp"

namespace signet::app {

/// Reads the key files of a policy. Errors: the first problem with its YAML key; never a secret.
std::expected<admission::ServerPolicy, std::string> make_server_policy(const config::AdmissionPolicyFile& file);

}  // namespace signet::app
