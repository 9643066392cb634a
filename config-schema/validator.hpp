// A tree against a schema: every mistake, each with its place.
#pragma once

#include "config-schema/findings.hpp"
#include "config-schema/positioned_yaml.hpp"
#include "config-schema/schema.hpp"

namespace signet::config {

/// Reports every mistake below `root`; never shows the value of a secret or of an unknown key.
/// `development`: what the schema calls optional in development is not required.
void validate(const Schema& schema, const YamlNode& root, bool development, Findings& findings);

/// The name among `known` that `name` was likely meant to be: at most two slips of the keyboard away. Empty: none.
std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace signet::config
