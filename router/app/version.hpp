// The version of this binary.
#pragma once

#include <string_view>

namespace signet::app {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace signet::app
