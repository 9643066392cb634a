// Where each value of a configuration came from.
#pragma once

#include "config-schema/load.hpp"
#include "config-schema/positioned_yaml.hpp"
#include "config-schema/schema.hpp"

namespace signet::config {

/// One Origin per key of the schema that holds a value, in the order of the schema; of subgraphs, those that are named.
std::vector<Origin> explain(const Schema& schema, const YamlNode& root, const std::vector<SourceFile>& files,
                            bool development);

}  // namespace signet::config
