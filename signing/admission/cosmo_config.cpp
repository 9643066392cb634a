#include "signing/admission/cosmo_config.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

#include "router/json/document.hpp"
#include "signing/core/refusal.hpp"
#include "signing/core/subgraph_urls.hpp"

namespace signet::admission {
namespace {

using json::Kind;
using json::NodeId;
using Names = std::initializer_list<std::string_view>;

constexpr size_t kUrlsMax = 4 * signing::kSubgraphsMax;

// The first problem ends the reading.
class Reader {
 public:
  explicit Reader(const json::Document& document) : document_(document) {}

  std::expected<std::vector<signing::Subgraph>, std::string> read() {
    const NodeId root = document_.root();
    if (only(root, "", {"engineConfig", "version", "subgraphs", "featureFlagConfigs", "compatibilityVersion"})) {
      config(root, "");
      feature_flags(member(root, "featureFlagConfigs"));
    }
    if (problem_.empty() && urls_.empty()) fail("", "holds no URL");
    if (!problem_.empty()) return std::unexpected(std::move(problem_));
    return std::move(urls_);
  }

 private:
  void fail(const std::string& path, std::string_view what) {
    if (problem_.empty()) problem_ = fmt::format("{} {}", path.empty() ? "the config" : path, what);
  }

  // Nothing for what is absent or null, which are the same here.
  NodeId member(NodeId object, std::string_view name) const {
    const NodeId found = document_.find(object, name);
    return found.valid() && document_.is_null(found) ? NodeId() : found;
  }

  // True for an object with none but these members.
  bool only(NodeId node, const std::string& path, Names names) {
    if (document_.kind(node) != Kind::object) {
      fail(path, "is not an object");
      return false;
    }
    for (const auto& [key, value] : document_.members(node)) {
      const std::string name = document_.string(key);
      if (std::ranges::find(names, name) != names.end()) continue;
      fail(path, fmt::format("has the member {}, which this server does not know", signing::printable(name, 64)));
      return false;
    }
    return true;
  }

  std::string text(NodeId object, std::string_view name, const std::string& path) {
    const NodeId node = member(object, name);
    if (!node.valid()) return {};
    if (document_.kind(node) == Kind::string) return document_.string(node);
    fail(fmt::format("{}.{}", path, name), "is not a string");
    return {};
  }

  void add(const std::string& name, std::string url) {
    for (const auto& [websocket, http] : {std::pair("ws://", "http://"), std::pair("wss://", "https://")}) {
      if (url.starts_with(websocket)) url.replace(0, std::string_view(websocket).size(), http);
    }
    if (urls_.size() == kUrlsMax) return fail("", fmt::format("holds more than {} URLs", kUrlsMax));
    signing::Subgraph found{name, std::move(url)};
    if (std::ranges::find(urls_, found) == urls_.end()) urls_.push_back(std::move(found));
  }

  template <class Each>
  void each(NodeId list, const std::string& path, Each read) {
    if (!list.valid()) return;
    if (document_.kind(list) != Kind::array) return fail(path, "is not an array");
    size_t index = 0;
    for (const NodeId item : document_.items(list)) {
      if (problem_.empty()) read(item, fmt::format("{}[{}]", path, index++));
    }
  }

  void config(NodeId node, const std::string& path) {
    const std::string prefix = path.empty() ? "" : path + ".";
    each(member(node, "subgraphs"), prefix + "subgraphs", [this](NodeId item, const std::string& at) {
      if (!only(item, at, {"id", "name", "routingUrl"})) return;
      const std::string name = text(item, "name", at);
      std::string url = text(item, "routingUrl", at);
      names_.emplace(text(item, "id", at), name);
      if (!url.empty()) add(name, std::move(url));  // a graph of events has none
    });
    const NodeId engine = member(node, "engineConfig");
    const std::string at = prefix + "engineConfig";
    if (!engine.valid()) return fail(at, "is missing");
    const bool known = only(engine, at,
                            {"defaultFlushInterval", "datasourceConfigurations", "fieldConfigurations", "graphqlSchema",
                             "typeConfigurations", "stringStorage", "graphqlClientSchema"});
    if (!known) return;
    const NodeId sources = member(engine, "datasourceConfigurations");
    if (!sources.valid()) return fail(at + ".datasourceConfigurations", "is missing");
    each(sources, at + ".datasourceConfigurations",
         [this](NodeId item, const std::string& here) { data_source(item, here); });
  }

  void feature_flags(NodeId node) {
    if (!node.valid() || !only(node, "featureFlagConfigs", {"configByFeatureFlagName"})) return;
    const NodeId flags = member(node, "configByFeatureFlagName");
    if (!flags.valid()) return;
    if (document_.kind(flags) != Kind::object) return fail("configByFeatureFlagName", "is not an object");
    for (const auto& [key, value] : document_.members(flags)) {
      const std::string path = fmt::format("configByFeatureFlagName.{}", signing::printable(document_.string(key), 64));
      if (only(value, path, {"engineConfig", "version", "subgraphs"})) config(value, path);
    }
  }

  void data_source(NodeId node, const std::string& path) {
    const bool known =
        only(node, path,
             {"kind", "rootNodes", "childNodes", "overrideFieldPathFromAlias", "customGraphql", "customStatic",
              "directives", "requestTimeoutSeconds", "id", "keys", "provides", "requires", "customEvents",
              "entityInterfaces", "interfaceObjects", "costConfiguration", "entityCachingConfiguration"});
    const NodeId graphql = member(node, "customGraphql");
    if (!known || !graphql.valid()) return;
    const std::string id = text(node, "id", path);
    const auto named = names_.find(id);
    const std::string name = named == names_.end() ? id : named->second;
    const std::string at = path + ".customGraphql";
    if (!only(graphql, at, {"fetch", "subscription", "federation", "upstreamSchema", "customScalarTypeFields"})) {
      return;
    }
    fetch(member(graphql, "fetch"), at + ".fetch", name);
    const NodeId subscription = member(graphql, "subscription");
    const std::string here = at + ".subscription";
    if (!subscription.valid() ||
        !only(subscription, here, {"enabled", "url", "useSSE", "protocol", "websocketSubprotocol"})) {
      return;
    }
    variable(member(subscription, "url"), here + ".url", name);
  }

  void fetch(NodeId node, const std::string& path, const std::string& name) {
    if (!node.valid()) return fail(path, "is missing");
    const bool known =
        only(node, path,
             {"url", "method", "header", "body", "query", "urlEncodeBody", "mtls", "baseUrl", "path", "httpProxyUrl"});
    if (!known) return;
    if (!variable(member(node, "url"), path + ".url", name)) fail(path + ".url", "is missing");
    variable(member(node, "baseUrl"), path + ".baseUrl", name);
    variable(member(node, "httpProxyUrl"), path + ".httpProxyUrl", name);
    const NodeId relative = member(node, "path");
    if (relative.valid() && document_.size(relative) > 0) fail(path + ".path", "is not understood");
  }

  // A ConfigurationVariable with a URL; true when it held one.
  bool variable(NodeId node, const std::string& path, const std::string& name) {
    const bool known = node.valid() && only(node, path,
                                            {"kind", "staticVariableContent", "environmentVariableName",
                                             "environmentVariableDefaultValue", "placeholderVariableName"});
    if (!known) return false;
    const NodeId kind = member(node, "kind");
    const bool constant =
        !kind.valid() || (document_.kind(kind) == Kind::number && document_.raw(kind) == "0") ||
        (document_.kind(kind) == Kind::string && document_.string_equals(kind, "STATIC_CONFIGURATION_VARIABLE"));
    const bool more = !text(node, "environmentVariableName", path).empty() ||
                      !text(node, "environmentVariableDefaultValue", path).empty() ||
                      !text(node, "placeholderVariableName", path).empty();
    if (!constant || more) {
      fail(path, "is not a constant: its URL cannot be judged");
      return false;
    }
    std::string url = text(node, "staticVariableContent", path);
    if (url.empty()) return false;
    add(name, std::move(url));
    return true;
  }

  const json::Document& document_;
  std::vector<signing::Subgraph> urls_;
  std::unordered_map<std::string, std::string> names_;  // of subgraphs, by id
  std::string problem_;
};

}  // namespace

std::expected<std::vector<signing::Subgraph>, std::string> cosmo_config_urls(std::string_view json) {
  const auto document = json::Document::parse(json);
  if (!document) return std::unexpected("the config is not JSON: " + document.error().message);
  return Reader(*document).read();
}

}  // namespace signet::admission
