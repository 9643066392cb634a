// A Cosmo execution config as a supergraph in the terms of the join specification, so that everything above this room
// knows one kind of graph.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "router/cosmo/messages.hpp"

namespace signet::cosmo {

/// True for a graph artifact that is an execution config: its first byte that is not white is `{`.
bool is_execution_config(std::string_view artifact);

/// The supergraph SDL, which links join v0.3. Whether it can be planned over is for its loader to say.
/// Errors: what is malformed, contradicts itself, or would have to be honoured and is not supported; up to 100.
/// Cost: linear in the config.
/// Spec: https://specs.apollo.dev/join/v0.3
std::expected<std::string, std::vector<ConfigError>> supergraph_of_execution_config(std::string_view json);

}  // namespace signet::cosmo
