#include "router/cosmo/config_urls.hpp"

#include <fmt/format.h>
#include <unordered_map>
#include <unordered_set>

#include "router/cosmo/messages.hpp"

namespace signet::cosmo {
namespace {

using json::NodeId;

class UrlReader {
 public:
  explicit UrlReader(const MessageReader& reader) : reader_(reader) {}

  std::vector<SubgraphUrls> read(NodeId root) {
    read_config(root, "");
    const std::string path = "featureFlagConfigs";
    const NodeId by_name = reader_.message(reader_.message(root, path, ""), "configByFeatureFlagName", path);
    if (by_name.valid()) {
      for (const auto& [key, value] : reader_.document().members(by_name)) {
        read_config(value, fmt::format("{}.configByFeatureFlagName.{}", path, reader_.document().string(key)));
      }
    }
    return std::move(urls_);
  }

 private:
  struct Listed {
    std::string name, url;
    bool used = false;
  };

  void read_config(NodeId config, const std::string& path) {
    std::unordered_map<std::string, Listed> listed;
    std::vector<Listed*> order;
    reader_.each(config, "subgraphs", path, [&](NodeId item, const std::string& at) {
      Listed subgraph{.name = reader_.text(item, "name", at), .url = reader_.text(item, "routingUrl", at)};
      const auto [entry, added] = listed.emplace(reader_.text(item, "id", at), std::move(subgraph));
      if (!added) return reader_.problems().add(at, "has the id of another subgraph");
      order.push_back(&entry->second);
    });
    const std::string engine = member_path(path, "engineConfig");
    reader_.each(reader_.message(config, "engineConfig", path), "datasourceConfigurations", engine,
                 [&](NodeId item, const std::string& at) {
                   const std::string id = reader_.text(item, "id", at);
                   const auto subgraph = listed.find(id);
                   Listed unlisted{.name = id, .url = {}};
                   read_source(item, at, subgraph == listed.end() ? unlisted : subgraph->second);
                 });
    for (const Listed* subgraph : order) {
      if (!subgraph->used && !subgraph->url.empty()) add(subgraph->name, subgraph->url, "");
    }
  }

  void read_source(NodeId node, const std::string& path, Listed& subgraph) {
    const NodeId graphql = reader_.message(node, "customGraphql", path);
    const std::string at = member_path(path, "customGraphql");
    const NodeId fetch = reader_.message(graphql, "fetch", at);
    const std::string fetch_path = member_path(at, "fetch");
    const std::string own = constant(reader_, fetch, "url", fetch_path);
    const std::string subscription =
        constant(reader_, reader_.message(graphql, "subscription", at), "url", member_path(at, "subscription"));
    add(subgraph.name, own.empty() ? subgraph.url : own, subscription);
    add(subgraph.name, subgraph.url, "");
    add(subgraph.name, constant(reader_, fetch, "baseUrl", fetch_path), "");
    add(subgraph.name, constant(reader_, fetch, "httpProxyUrl", fetch_path), "");
    subgraph.used = true;
  }

  static std::string as_http(std::string url) {
    if (url.starts_with("ws://")) url.replace(0, 2, "http");
    if (url.starts_with("wss://")) url.replace(0, 3, "https");
    return url;
  }

  void add(const std::string& name, const std::string& given_url, const std::string& given_subscription) {
    std::string url = as_http(given_url), subscription = as_http(given_subscription);
    if (url.empty()) std::swap(url, subscription);
    if (url.empty()) return;
    const bool first = known_.insert(name + '\0' + url).second;
    const bool second = !subscription.empty() && known_.insert(name + '\0' + subscription).second;
    if (first) {
      urls_.push_back({.name = name, .url = std::move(url), .subscription_url = second ? subscription : ""});
    } else if (second) {
      urls_.push_back({.name = name, .url = std::move(subscription), .subscription_url = {}});
    }
  }

  const MessageReader& reader_;
  std::vector<SubgraphUrls> urls_;
  std::unordered_set<std::string> known_;  ///< name and URL
};

}  // namespace

std::expected<std::vector<SubgraphUrls>, std::string> config_urls(std::string_view json) {
  const auto document = json::Document::parse(json);
  if (!document) return std::unexpected("the execution config is not JSON: " + document.error().message);
  Problems problems;
  std::vector<SubgraphUrls> urls = UrlReader(MessageReader(*document, problems)).read(document->root());
  if (problems.none() && urls.empty()) problems.add("", "holds no URL");
  if (problems.none()) return urls;
  const ConfigError first = problems.take().front();
  return std::unexpected(
      fmt::format("{}: {}", first.path.empty() ? "the execution config" : first.path, first.message));
}

}  // namespace signet::cosmo
