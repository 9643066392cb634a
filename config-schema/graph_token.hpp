// The token of a graph in WunderGraph Cosmo: a JWT whose claims name the folder of the graph in Cosmo's CDN. Only the
// CDN can verify it; here it is read for the path, and sent.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace signet::config {

struct GraphToken {
  std::string organization_id;     ///< one path segment: 1 to 128 of `A-Z a-z 0-9 _ -`
  std::string federated_graph_id;  ///< the same
};

/// Reads the claims `organization_id` and `federated_graph_id`; the signature is not looked at. Spec: RFC 7519
/// Errors: what is wrong, ready to stand behind the key's name; never a byte of the token.
std::expected<GraphToken, std::string> read_graph_token(std::string_view token);

}  // namespace signet::config
