// The validated tree as a Config. A value that is missing, or that the validator refused, leaves the default.
#pragma once

#include "config-schema/config.hpp"
#include "config-schema/load.hpp"
#include "config-schema/positioned_yaml.hpp"

namespace signet::config {

/// The defaults of the mode: what decode() starts from.
Config default_config(bool development);

Config decode(const YamlNode& root, bool development);

/// A list of keys, as in trust.keys.
std::vector<TrustKey> decode_keys(const YamlNode* list);
/// The texts of a list; null: none.
std::vector<std::string> decode_texts(const YamlNode* list);

}  // namespace signet::config
