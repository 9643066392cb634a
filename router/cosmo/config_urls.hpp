// Every URL in an execution config that a router could talk to, for those who judge URLs and not graphs.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace signet::cosmo {

/// ws and wss stand there as http and https.
struct SubgraphUrls {
  std::string name;              ///< of the subgraph, or its id where it has none
  std::string url;               ///< where it is asked
  std::string subscription_url;  ///< empty: the same
  friend bool operator==(const SubgraphUrls&, const SubgraphUrls&) = default;
};

/// One line for each subgraph of the graph and of its feature flags, by the order of the config; further lines of the
/// same name for URLs beside those two: another routing URL, another flag's, a base or proxy URL.
/// Errors: one sentence: no JSON, no URL at all, one that is not a constant.
std::expected<std::vector<SubgraphUrls>, std::string> config_urls(std::string_view json);

}  // namespace signet::cosmo
