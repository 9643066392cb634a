// ${env:NAME}, ${env:NAME:-default} and ${file:/path} inside values, after parsing, once; `$${` is a literal `${`.
#pragma once

#include "config-schema/findings.hpp"
#include "config-schema/load.hpp"
#include "config-schema/positioned_yaml.hpp"

namespace signet::config {

/// Replaces in every scalar value below `root`, never in keys. What was brought in is not looked at again.
/// Where `used` is given, each file that was read is appended to it, once; who names it again gets the same text.
/// Errors: each failed substitution, with the key's path; that value is marked as failed.
void substitute(YamlNode& root, const SubstitutionSources& sources, Findings& findings,
                std::vector<FileUse>* used = nullptr);

}  // namespace signet::config
