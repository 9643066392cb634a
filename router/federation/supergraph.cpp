#include "router/federation/supergraph.hpp"

#include <fmt/format.h>
#include <memory>

#include "router/cosmo/supergraph_sdl.hpp"
#include "router/federation/join_facts.hpp"
#include "router/federation/link_specs.hpp"
#include "router/federation/model_builder.hpp"
#include "router/federation/reach.hpp"
#include "router/federation/self_check.hpp"
#include "router/graphql/parser.hpp"
#include "router/schema/schema_builder.hpp"

namespace signet::federation {

namespace {

std::expected<schema::Schema, std::vector<LoadError>> read_schema(const graphql::Document& document,
                                                                  const LinkSpecs& specs) {
  schema::BuildOptions options;
  options.is_machinery = [&specs](std::string_view name) { return specs.is_machinery(name); };
  options.inaccessible_directive = specs.directive("inaccessible", "inaccessible");
  auto built = schema::build_schema(document, options);
  if (built) return std::move(*built);
  std::vector<LoadError> errors;
  for (schema::SchemaError& error : built.error()) errors.push_back({std::move(error.message), error.position});
  return std::unexpected(std::move(errors));
}

template <class Loaded>
using Load = std::expected<Loaded, std::vector<LoadError>> (*)(std::string_view sdl);

/// Hands the supergraph that an execution config stands for to `load`. Places in that text are nobody's.
template <class Loaded>
std::expected<Loaded, std::vector<LoadError>> load_config(std::string_view json, Load<Loaded> load) {
  const auto sdl = cosmo::supergraph_of_execution_config(json);
  std::vector<LoadError> errors;
  if (!sdl) {
    for (const cosmo::ConfigError& error : sdl.error()) {
      errors.push_back(
          {fmt::format("{}: {}", error.path.empty() ? "the execution config" : error.path, error.message), {}});
    }
    return std::unexpected(std::move(errors));
  }
  auto loaded = load(*sdl);
  if (loaded) return loaded;
  for (const LoadError& error : loaded.error()) {
    errors.push_back({fmt::format("the graph of the execution config: {}", error.message), {}});
  }
  return std::unexpected(std::move(errors));
}

}  // namespace

SubgraphId Supergraph::find_subgraph(std::string_view name) const {
  for (size_t i = 0; i < subgraphs.size(); ++i) {
    if (subgraphs[SubgraphId(i)].name == name) return SubgraphId(i);
  }
  return {};
}

std::expected<schema::Schema, std::vector<LoadError>> load_schema(std::string_view graph) {
  if (cosmo::is_execution_config(graph)) return load_config<schema::Schema>(graph, load_schema);
  auto parsed = graphql::parse_type_system(graph);
  if (!parsed) return std::unexpected(std::vector<LoadError>{{parsed.error().message, parsed.error().position}});
  std::vector<LoadError> errors;
  const LinkSpecs specs = LinkSpecs::read(*parsed, errors);
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return read_schema(*parsed, specs);
}

std::expected<Supergraph, std::vector<LoadError>> load_supergraph(std::string_view graph) {
  if (cosmo::is_execution_config(graph)) return load_config<Supergraph>(graph, load_supergraph);
  auto parsed = graphql::parse_type_system(graph);
  if (!parsed) return std::unexpected(std::vector<LoadError>{{parsed.error().message, parsed.error().position}});
  const graphql::Document& document = *parsed;

  std::vector<LoadError> errors;
  const LinkSpecs specs = LinkSpecs::read(document, errors);
  if (!errors.empty()) return std::unexpected(std::move(errors));
  auto schema = read_schema(document, specs);
  if (!schema) return std::unexpected(std::move(schema).error());

  Supergraph supergraph{.schema = std::move(*schema), .subgraphs = {}, .model = {}};
  JoinFacts facts = read_join_facts(document, supergraph.schema, specs, errors);
  if (!errors.empty()) return std::unexpected(std::move(errors));
  supergraph.model = build_model(supergraph.schema, facts, errors);
  if (!errors.empty()) return std::unexpected(std::move(errors));
  supergraph.subgraphs = std::move(facts.subgraphs);

  compute_reach(supergraph.model);
  for (std::string& message : check_reachable(supergraph)) errors.push_back({std::move(message), {}});
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return supergraph;
}

}  // namespace signet::federation
