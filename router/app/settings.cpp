#include "router/app/settings.hpp"

#include <algorithm>

namespace signet::app {

std::expected<std::shared_ptr<const Settings>, std::string> Settings::make(const config::Config& config,
                                                                           bool development) {
  auto egress = http::EgressPolicy::parse(config.subgraphs.allow);
  if (!egress) return std::unexpected("subgraphs.allow: " + egress.error());
  if (config.subgraphs.ceiling) {
    auto ceiling = http::EgressPolicy::parse(*config.subgraphs.ceiling);
    if (!ceiling) return std::unexpected("subgraphs.allow of the trust root: " + ceiling.error());
    egress->limit_to(std::move(*ceiling));
  }
  execution::Settings execution{
      .show_subgraph_messages = config.errors.subgraph_messages == config::SubgraphMessages::shown,
      .extension_codes = config.errors.allow_codes};
  return std::make_shared<const Settings>(Settings{.config = config,
                                                   .cors = policy::CorsPolicy(config.cors),
                                                   .csrf = policy::CsrfPolicy(config.csrf),
                                                   .egress = std::make_shared<const http::EgressPolicy>(*egress),
                                                   .execution = std::move(execution),
                                                   .development = development});
}

std::string need_restart(const std::vector<config::Origin>& before, const std::vector<config::Origin>& now) {
  std::string keys;
  for (const config::Origin& origin : now) {
    if (origin.live) continue;
    const auto old = std::ranges::find(before, origin.path, &config::Origin::path);
    if (old != before.end() && old->digest == origin.digest) continue;
    keys += (keys.empty() ? "" : ", ") + origin.path;
  }
  return keys;
}

}  // namespace signet::app
