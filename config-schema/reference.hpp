// The reference pages docs/configuration.md and docs/admission-policy.md, made from the schemas.
#pragma once

#include <string>

namespace signet::config {

/// The pages in Markdown; a test compares them with docs/.
std::string configuration_page();
std::string admission_policy_page();

}  // namespace signet::config
