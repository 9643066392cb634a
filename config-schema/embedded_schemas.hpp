// The schema files as text in the binary; EmbedSchemas.cmake writes the bodies. schema_text() is in load.hpp.
#pragma once

#include <string_view>

#include "config-schema/load.hpp"

namespace signet::config {

std::string_view admission_schema_text();
std::string_view trust_root_schema_text();

}  // namespace signet::config
