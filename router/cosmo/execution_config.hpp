// A Cosmo execution config (wg.cosmo.node.v1.RouterConfig as JSON): what each subgraph resolves, as composition found
// it out. Whatever in it this router would have to honour and does not is a problem, by name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "router/cosmo/messages.hpp"
#include "router/graphql/ast.hpp"

namespace signet::cosmo {

/// A field of one subgraph.
struct FieldFacts {
  bool resolved = false;                   ///< the subgraph answers it
  bool external = false;                   ///< it only knows the field
  std::string requires_set, provides_set;  ///< without braces; empty: none
};

struct Key {
  std::string type;
  std::string set;         ///< without braces
  bool resolvable = true;  ///< whether the subgraph can be entered with it
};

/// One subgraph. Types are called as in the router's schema.
struct DataSource {
  std::string path;  ///< of its place in the config
  std::string name, url;
  std::vector<Key> keys;
  std::unordered_map<std::string, std::unordered_map<std::string, FieldFacts>> fields;  ///< by type, by field
  std::optional<graphql::Document> schema;                                              ///< its own schema

  /// Null where the config lists the field for no use.
  const FieldFacts* find(const std::string& type, const std::string& field) const;
};

struct ExecutionConfig {
  std::vector<DataSource> sources;
  std::optional<graphql::Document> schema;         ///< the router's: everything that any subgraph has
  std::optional<graphql::Document> client_schema;  ///< what clients may see of it; nothing: all
};

/// `bytes`: how large the config is, which bounds what its parts may add up to. What it cannot read, or must not
/// ignore, goes to `problems`; the result is of use only where there are none.
ExecutionConfig read_execution_config(const json::Document& json, size_t bytes, Problems& problems);

}  // namespace signet::cosmo
