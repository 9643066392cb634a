#include "router/app/snapshot.hpp"

#include <fmt/format.h>

#include "router/http/media_type.hpp"

namespace signet::app {
namespace {

constexpr size_t kErrorsShownMax = 20;

std::string describe(const std::vector<federation::LoadError>& errors) {
  std::string text;
  for (size_t i = 0; i < errors.size() && i < kErrorsShownMax; ++i) {
    if (!text.empty()) text += "; ";
    const auto& [message, at] = errors[i];
    text += at.line == 0 ? message : fmt::format("{}:{}: {}", at.line, at.column, message);
  }
  if (errors.size() > kErrorsShownMax) text += fmt::format("; and {} more", errors.size() - kErrorsShownMax);
  return text;
}

/// What is set for one subgraph, or for all, or is so by default: nothing is left open.
config::SubgraphSettings settings_of(const std::string& subgraph, const config::Subgraphs& config) {
  const auto found = config.by_name.find(subgraph);
  config::SubgraphSettings own = found == config.by_name.end() ? config::SubgraphSettings{} : found->second;
  own.timeout = own.timeout.value_or(config.all.timeout.value_or(config::Subgraphs::kTimeout));
  own.connect_timeout =
      own.connect_timeout.value_or(config.all.connect_timeout.value_or(config::Subgraphs::kConnectTimeout));
  own.max_response_bytes =
      own.max_response_bytes.value_or(config.all.max_response_bytes.value_or(config::Subgraphs::kMaxResponseBytes));
  return own;
}

http::Headers request_fields() {
  http::Headers fields;
  fields.add("Content-Type", http::kJson);
  fields.add("Accept", "application/graphql-response+json, application/json;q=0.9");
  return fields;
}

}  // namespace

std::expected<std::shared_ptr<const Graph>, std::string> build_graph(
    const signing::Verified<signing::Artifact>& artifact) {
  auto supergraph = federation::load_supergraph(*artifact->text);
  if (!supergraph) return std::unexpected(describe(supergraph.error()));
  return std::make_shared<const Graph>(Graph{*artifact, std::move(*supergraph)});
}

std::expected<std::shared_ptr<const Endpoints>, std::string> make_endpoints(const Graph& graph,
                                                                            const Settings& settings,
                                                                            const SubgraphTls& tls,
                                                                            telemetry::LabelTable& labels) {
  auto endpoints = std::make_shared<Endpoints>();
  for (const federation::Subgraph& subgraph : graph.supergraph.subgraphs) {
    auto url = http::parse_url(subgraph.url);
    if (!url) return std::unexpected(fmt::format("subgraph {}: {}: {}", subgraph.name, subgraph.url, url.error()));
    if (auto allowed = settings.egress->check_url(*url); !allowed) {
      return std::unexpected(fmt::format("subgraph {}: {}", subgraph.name, allowed.error()));
    }
    const config::SubgraphSettings own = settings_of(subgraph.name, settings.config.subgraphs);
    endpoints->push_back({.to = http::make_destination({.url = std::move(*url),
                                                        .headers = request_fields(),
                                                        .egress = settings.egress,
                                                        .tls = tls.of(subgraph.name),
                                                        .response_bytes_max = *own.max_response_bytes,
                                                        .connect_timeout = *own.connect_timeout}),
                          .timeout = *own.timeout,
                          .label = labels.subgraph(subgraph.name)});
  }
  return endpoints;
}

std::expected<std::shared_ptr<const policy::PersistedOperations>, std::string> build_operations(
    const signing::Verified<signing::Artifact>& artifact) {
  auto operations = policy::PersistedOperations::parse(*artifact->text);
  if (!operations) return std::unexpected(operations.error());
  return std::make_shared<const policy::PersistedOperations>(std::move(*operations));
}

}  // namespace signet::app
