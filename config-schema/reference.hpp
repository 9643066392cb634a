// The reference pages docs/configuration.md, docs/admission-policy.md and docs/trust-root.md, made from the schemas.
#pragma once

#include <string>

namespace signet::config {

/// The pages in Markdown; a test compares them with docs/.
std::string configuration_page();
std::string admission_policy_page();
std::string trust_root_page();

}  // namespace signet::config
