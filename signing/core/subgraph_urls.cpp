#include "signing/core/subgraph_urls.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/cosmo/config_urls.hpp"
#include "router/cosmo/supergraph_sdl.hpp"
#include "router/graphql/parser.hpp"

namespace signet::signing {
namespace {

std::unexpected<std::string> bad(std::string message) {
  return std::unexpected(std::move(message));
}

std::optional<std::string> string_argument(const graphql::Document& document, const graphql::Directive& directive,
                                           std::string_view name) {
  std::optional<std::string> found;
  for (const auto& [id, argument] : document.each(directive.first_argument)) {
    if (argument.name != name) continue;
    const graphql::Value& value = document[argument.value];
    if (found || value.kind != graphql::ValueKind::string) return std::nullopt;
    found = std::string(value.text);
  }
  return found;
}

// Under another name the engine and this reader could see different directives.
bool renames_join(const graphql::Document& document) {
  return std::ranges::any_of(document.directives, [&](const graphql::Directive& directive) {
    if (directive.name != "link") return false;
    const auto url = string_argument(document, directive, "url");
    const bool join = !url || url->find("/join/") != std::string::npos;
    const graphql::Argument* as = document.find_argument(directive.first_argument, "as");
    return join && as != nullptr;
  });
}

std::expected<std::vector<Subgraph>, std::string> urls_of_config(std::string_view json) {
  auto urls = cosmo::config_urls(json);
  if (!urls) return bad(std::move(urls.error()));
  if (urls->size() > kSubgraphsMax) return bad(fmt::format("more than {} URLs", kSubgraphsMax));
  std::vector<Subgraph> out;
  for (cosmo::SubgraphUrls& each : *urls) {
    out.push_back({std::move(each.name), std::move(each.url), std::move(each.subscription_url)});
  }
  return out;
}

}  // namespace

std::expected<std::vector<Subgraph>, std::string> subgraph_urls(std::string_view graph) {
  if (cosmo::is_execution_config(graph)) return urls_of_config(graph);
  const auto document = graphql::parse_type_system(graph);
  if (!document) {
    return bad(fmt::format("line {}: {}", document.error().position.line, document.error().message));
  }
  if (renames_join(*document)) return bad("@link imports the join specification under another name");
  std::vector<Subgraph> out;
  // Every directive of the document, not only those where the engine will look: a URL has no place to hide.
  for (const graphql::Directive& directive : document->directives) {
    if (directive.name != "join__graph") continue;
    auto name = string_argument(*document, directive, "name");
    auto url = string_argument(*document, directive, "url");
    if (!name || !url) return bad("a @join__graph does not hold name and url once each as strings");
    const bool twice = std::ranges::any_of(out, [&](const Subgraph& other) { return other.name == *name; });
    if (twice) return bad("two subgraphs have one name");
    if (out.size() == kSubgraphsMax) return bad(fmt::format("more than {} subgraphs", kSubgraphsMax));
    out.push_back({std::move(*name), std::move(*url)});
  }
  if (out.empty()) return bad("the supergraph names no subgraph: it has no @join__graph");
  return out;
}

}  // namespace signet::signing
