#include "router/cosmo/config_urls.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/small_config.hpp"

namespace signet::cosmo {
namespace {

using testing::kSmallConfig;
using testing::small_config_with;

/// `name url subscription;…`, or the error.
std::string urls(std::string_view config) {
  const auto found = config_urls(config);
  if (!found) return "refused: " + found.error();
  std::string text;
  for (const SubgraphUrls& each : *found) text += fmt::format("{} {} {};", each.name, each.url, each.subscription_url);
  return text;
}

constexpr const char* kFetch = R"("fetch": {"method": "POST"})";

TEST(ConfigUrls, FetchUrlWinsAndTheOthersStandBesideIt) {
  EXPECT_EQ(urls(kSmallConfig),
            "users http://users.test/graphql ;users http://users.test/old ;books https://books.test/graphql ;");
}

TEST(ConfigUrls, SubscriptionsElsewhereAreListedAsHttp) {
  EXPECT_EQ(urls(small_config_with("ws://users.test/graphql", "wss://live.test/ws")),
            "users http://users.test/graphql https://live.test/ws;users http://users.test/old ;books "
            "https://books.test/graphql ;");
}

// Whatever could be talked to is judged, also where this router would refuse it later.
TEST(ConfigUrls, NoUrlHides) {
  EXPECT_EQ(urls(small_config_with(kFetch, R"("fetch": {"baseUrl": {"staticVariableContent": "http://base.test"},
              "httpProxyUrl": {"staticVariableContent": "http://proxy.test"}})")),
            "users http://users.test/graphql ;users http://users.test/old ;books https://books.test/graphql ;"
            "books http://base.test ;books http://proxy.test ;");
  EXPECT_EQ(urls(small_config_with(R"("version": "f0c9")",
                                   R"("feature_flag_configs": {"config_by_feature_flag_name": {"beta": {
              "engine_config": {"datasource_configurations": [{"id": "9", "custom_graphql": {"fetch": {"url": {"static_variable_content": "http://beta.test"}}}}]},
              "subgraphs": [{"id": "9", "name": "books", "routing_url": "http://10.0.0.1/"}]}}})")),
            "users http://users.test/graphql ;users http://users.test/old ;books https://books.test/graphql ;"
            "books http://beta.test ;books http://10.0.0.1/ ;");
  EXPECT_EQ(urls(small_config_with(
                R"({"id": "1", "name": "books")",
                R"({"id": "8", "name": "idle", "routingUrl": "http://idle.test"}, {"id": "1", "name": "books")")),
            "users http://users.test/graphql ;users http://users.test/old ;books https://books.test/graphql ;idle "
            "http://idle.test ;");
}

TEST(ConfigUrls, UrlsThatCannotBeJudgedAreRefused) {
  EXPECT_EQ(
      urls(small_config_with(kFetch, R"("fetch": {"url": {"kind": 1, "environmentVariableName": "URL"}})")),
      "refused: engineConfig.datasourceConfigurations[1].customGraphql.fetch.url: is a variable of kind ENV, which "
      "is not supported: only constants are");
  EXPECT_EQ(urls("{}"), "refused: the execution config: holds no URL");
  EXPECT_EQ(urls("{"), "refused: the execution config is not JSON: expected a member name");
  EXPECT_EQ(urls(R"({"subgraphs": [{"routingUrl": "http://a.test", "routing_url": "http://b.test"}]})"),
            "refused: subgraphs[0].routingUrl: is given twice: the other time as routing_url");
}

}  // namespace
}  // namespace signet::cosmo
