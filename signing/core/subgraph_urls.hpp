// Every URL in a graph that the router would talk to: the arguments of @join__graph, or what a Cosmo execution config
// holds.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "signing/core/artifact.hpp"

namespace signet::signing {

inline constexpr size_t kSubgraphsMax = 1'000;

/// In the order of the document. A subgraph of an execution config may have several lines, see cosmo::config_urls().
/// Errors: one sentence: no syntax, no subgraph, a name twice, an argument that is not a string, a URL that is not a
/// constant, more than 1,000 subgraphs.
std::expected<std::vector<Subgraph>, std::string> subgraph_urls(std::string_view graph);

}  // namespace signet::signing
