// Any text as an execution config: refused with a reason, or a supergraph that asks nobody whom the gate has not seen.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "router/cosmo/config_urls.hpp"
#include "router/cosmo/supergraph_sdl.hpp"
#include "tests/support/planning.hpp"

namespace {

bool listed(const std::vector<signet::cosmo::SubgraphUrls>& urls, const signet::federation::Subgraph& subgraph) {
  return std::ranges::any_of(urls, [&](const signet::cosmo::SubgraphUrls& each) {
    return each.name == subgraph.name && (each.url == subgraph.url || each.subscription_url == subgraph.url);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto sdl = signet::cosmo::supergraph_of_execution_config(text);
  const auto urls = signet::cosmo::config_urls(text);
  if (!sdl) {
    if (sdl.error().empty() || sdl.error().front().message.empty()) std::abort();
    return 0;
  }
  if (!urls) return 0;  // the gate refuses it
  // What was taken from the config is text of the schema or stays within its quotes.
  if (!signet::graphql::parse_type_system(*sdl)) std::abort();
  const auto supergraph = signet::federation::load_supergraph(*sdl);
  if (!supergraph) {
    if (supergraph.error().empty()) std::abort();
    return 0;
  }
  for (const signet::federation::Subgraph& subgraph : supergraph->subgraphs) {
    if (!subgraph.url.empty() && !subgraph.url.starts_with("ws") && !listed(*urls, subgraph)) std::abort();
  }
  const signet::testing::Planned planned = signet::testing::plan_text(*supergraph, "{ me { wrote { title label } } }");
  if (planned.error.find("unsound") != std::string::npos) std::abort();
  return 0;
}
