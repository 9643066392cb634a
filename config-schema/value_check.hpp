// One scalar against the schema of its place.
#pragma once

#include <expected>
#include <string>

#include "config-schema/positioned_yaml.hpp"
#include "config-schema/schema.hpp"

namespace signet::config {

/// Errors: the message without the path; a secret's value is not in it.
std::expected<void, std::string> check_scalar(const Schema& schema, const YamlNode& scalar);

/// What a value may be, for a message and for the reference: "a whole number from 1 to 500", "one of masked, shown".
std::string expected_form(const Schema& schema);

}  // namespace signet::config
