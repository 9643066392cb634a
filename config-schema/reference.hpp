// docs/configuration.md, made from the schema.
#pragma once

#include <string>

namespace signet::config {

/// The page in Markdown; a test compares it with docs/configuration.md.
std::string reference_markdown();

}  // namespace signet::config
