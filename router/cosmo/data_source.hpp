// Reads one member of `datasourceConfigurations`.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "router/cosmo/execution_config.hpp"

namespace signet::cosmo {

struct ListedSubgraph {
  std::string name, routing_url;
};

using ListedSubgraphs = std::unordered_map<std::string, ListedSubgraph>;  ///< by id
using StringStorage = std::unordered_map<std::string, json::NodeId>;      ///< by key

/// What all data sources draw on.
struct SharedParts {
  ListedSubgraphs subgraphs;
  StringStorage strings;
  /// Of schemas yet to be parsed, so that many sources with one schema cost no more than the config is large.
  size_t schema_bytes_left = 0;
};

/// Errors: go to the reader's problems.
DataSource read_data_source(const MessageReader& reader, json::NodeId node, const std::string& path,
                            SharedParts& shared);

/// Parses a schema that is a string of the config. What would have to be enforced and is not (authentication), and
/// extensions, are problems. `owner` says whose schema it is: `subgraph "users"`.
std::optional<graphql::Document> read_schema(Problems& problems, std::string_view sdl, const std::string& path,
                                             std::string_view owner);

}  // namespace signet::cosmo
