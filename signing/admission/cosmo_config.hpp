// Every URL in a Cosmo execution config (wg.cosmo.node.v1.RouterConfig as JSON) that a router would talk to.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "signing/core/artifact.hpp"

namespace signet::admission {

/// Routing, fetch, subscription and proxy URLs of the graph and of its feature flags, by the name of their subgraph;
/// ws and wss stand there as http and https. Strict, so that no other reader finds a URL that this one missed: members
/// that are not known where URLs stand, gRPC subgraphs, and values from the environment are errors.
/// Errors: one sentence with the path of the member.
std::expected<std::vector<signing::Subgraph>, std::string> cosmo_config_urls(std::string_view json);

}  // namespace signet::admission
