// Several files as one configuration: maps merge, lists and scalars replace.
#pragma once

#include "config-schema/positioned_yaml.hpp"

namespace signet::config {

/// Lays `over` onto `base`; every key and value keeps the place it came from.
void merge_layer(YamlNode& base, YamlNode over);

}  // namespace signet::config
