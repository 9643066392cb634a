// Every URL in a supergraph that the router would talk to: the arguments of @join__graph.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "signing/core/artifact.hpp"

namespace signet::signing {

inline constexpr size_t kSubgraphsMax = 1'000;

/// In the order of the document. Errors: one sentence: no syntax, no subgraph, a name twice, an argument that is not a
/// string, more than 1,000 subgraphs.
std::expected<std::vector<Subgraph>, std::string> subgraph_urls(std::string_view supergraph);

}  // namespace signet::signing
