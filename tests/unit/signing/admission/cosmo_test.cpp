// Cosmo's /validate-config: who may ask, where configs come from, and every URL in them.
#include <gtest/gtest.h>

#include "router/json/writer.hpp"
#include "signing/admission/cosmo_config.hpp"
#include "signing/admission/cosmo_review.hpp"
#include "tests/support/signing_world.hpp"

namespace signet::admission {
namespace {

using signing::testing_support::secret_of;

// As Cosmo's composition writes it; the parts that tests replace are in angle brackets.
constexpr std::string_view kConfig = R"({"engineConfig":{"defaultFlushInterval":"500","datasourceConfigurations":[
 {"kind":"GRAPHQL","id":"0","rootNodes":[{"typeName":"Query","fieldNames":["a"]}],"childNodes":[],
  "overrideFieldPathFromAlias":true,"requestTimeoutSeconds":"10","keys":[{"typeName":"E","selectionSet":"id"}],
  "customGraphql":{"fetch":{"url":{"staticVariableContent":"https://s1.shop.internal/graphql"},"method":"POST","body":{},"baseUrl":{},"path":{}},
   "subscription":{"enabled":true,"url":{"staticVariableContent":"wss://s1.shop.internal/ws"},"protocol":"GRAPHQL_SUBSCRIPTION_PROTOCOL_WS"},
   "federation":{"enabled":true,"serviceSdl":"type Query { a: Int }"},"upstreamSchema":{"key":"k"}}}],
 "fieldConfigurations":[],"graphqlSchema":"type Query { a: Int }","stringStorage":{"k":"type Query { a: Int }"}},
 "version":"v1","subgraphs":[{"id":"0","name":"s1","routingUrl":"https://s1.shop.internal/graphql"}],"compatibilityVersion":"1:0.1.0"})";

std::string with(std::string_view from, std::string_view to) {
  std::string text(kConfig);
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string urls(const std::string& config) {
  const auto found = cosmo_config_urls(config);
  if (!found) return found.error();
  std::string out;
  for (const signing::Subgraph& subgraph : *found) out += fmt::format("{} {}\n", subgraph.name, subgraph.url);
  return out;
}

TEST(CosmoConfig, EveryUrlIsFound) {
  EXPECT_EQ(urls(std::string(kConfig)), "s1 https://s1.shop.internal/graphql\ns1 https://s1.shop.internal/ws\n");
  EXPECT_EQ(urls(with(R"("routingUrl":"https://s1)", R"("routingUrl":"http://evil)")),
            "s1 http://evil.shop.internal/graphql\ns1 https://s1.shop.internal/graphql\n"
            "s1 https://s1.shop.internal/ws\n");
  EXPECT_NE(urls(with(R"("baseUrl":{})", R"("baseUrl":{"staticVariableContent":"https://base.test"})"))
                .find("s1 https://base.test\n"),
            std::string::npos);
  EXPECT_NE(urls(with(R"("body":{})", R"("body":{},"httpProxyUrl":{"staticVariableContent":"http://proxy.test"})"))
                .find("s1 http://proxy.test\n"),
            std::string::npos);
  std::string flagged(kConfig);
  flagged.back() = ',';
  std::string inner(kConfig);
  inner.replace(inner.find(",\"compatibilityVersion\""), std::string::npos, "}");
  inner.replace(inner.find("wss://s1"), 8, "ws://flag");
  flagged += R"("featureFlagConfigs":{"configByFeatureFlagName":{"beta":)" + inner + "}}}";
  EXPECT_NE(urls(flagged).find("s1 http://flag.shop.internal/ws\n"), std::string::npos);
}

TEST(CosmoConfig, WhatIsNotKnownIsRefused) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"[]", "the config is not an object"},
      {"{}", "engineConfig is missing"},
      {R"({"engineConfig":{}})", "engineConfig.datasourceConfigurations is missing"},
      {R"({"engineConfig":{"datasourceConfigurations":[]}})", "the config holds no URL"},
      {with("\"version\"", "\"surprise\""), "the config has the member surprise, which this server does not know"},
      {with("\"routingUrl\"", "\"routing_url\""), "subgraphs[0] has the member routing_url"},
      {with("\"customGraphql\"", "\"custom_graphql\""), "datasourceConfigurations[0] has the member custom_graphql"},
      {with("\"federation\":", "\"grpc\":{},\"federation\":"), "customGraphql has the member grpc"},
      {with(R"("path":{})", R"("path":{"staticVariableContent":"/x"})"), "fetch.path is not understood"},
      {with(R"({"staticVariableContent":"https://s1.shop.internal/graphql"})",
            R"({"kind":"ENV_CONFIGURATION_VARIABLE","environmentVariableName":"URL"})"),
       "fetch.url is not a constant"},
      {with(R"({"staticVariableContent":"https://s1.shop.internal/graphql"})", R"({"kind":1})"), "is not a constant"},
      {with(R"({"staticVariableContent":"https://s1.shop.internal/graphql"})", "{}"), "fetch.url is missing"},
      {with(R"("staticVariableContent":"wss://s1.shop.internal/ws")", R"("staticVariableContent":1)"),
       "staticVariableContent is not a string"},
      {with(R"("id":"0",)", R"("id":"0","id":"0",)"), "not JSON"},
      {std::string(kConfig) + "x", "not JSON"},
  };
  for (const auto& [config, problem] : cases) {
    EXPECT_NE(urls(config).find(problem), std::string::npos) << problem << " in " << urls(config);
  }
}

struct Caller {
  CosmoPolicy policy{.webhook_secrets = {secret_of("cosmo webhook")},
                     .sign_key = secret_of("cosmo sign key"),
                     .origins = {"https://cdn.cosmo.test"},
                     .policy = {.allowed = http::EgressPolicy::parse({"https://*.shop.internal"}).value()}};
  std::string url = "https://cdn.cosmo.test/org/graph/routerconfigs/draft.json?token=e30.e30.sig";

  std::string body() const {
    std::string out;
    json::Writer(out)
        .begin_object()
        .key("privateConfigUrl")
        .value(url)
        .key("organizationId")
        .value("org")
        .key("federatedGraphId")
        .value("graph")
        .end_object();
    return out;
  }
  std::variant<ServerAnswer, CosmoHearing> ask(const std::string& text, std::string_view secret = "cosmo webhook") {
    http::Headers headers;
    const auto mac = crypto::hmac_sha256(secret_of(secret).view(), as_bytes(text));
    headers.add("x-cosmo-signature-256", hex_encode(mac));
    return hear_cosmo(policy, headers, text);
  }
  int status(const std::string& text, std::string_view secret = "cosmo webhook") {
    const auto heard = ask(text, secret);
    const auto* answer = std::get_if<ServerAnswer>(&heard);
    return answer == nullptr ? 0 : answer->response.status;
  }
  ServerAnswer decide(const Fetched& config) {
    return decide_cosmo(policy, std::get<CosmoHearing>(ask(body())), config);
  }
};

TEST(CosmoReview, W2OnlyTheControlPlaneIsHeard) {
  Caller caller;
  EXPECT_EQ(caller.status(caller.body()), 0);
  EXPECT_EQ(caller.status(caller.body(), "another secret"), 401);
  EXPECT_EQ(std::get<ServerAnswer>(hear_cosmo(caller.policy, {}, caller.body())).response.status, 401);
  EXPECT_EQ(caller.status(std::string(kReviewBytesMax + 1, ' ')), 413);
  caller.policy.webhook_secrets.clear();
  EXPECT_EQ(caller.status(caller.body()), 401);
}

TEST(CosmoReview, W4ConfigsComeFromListedOriginsOnly) {
  Caller caller;
  for (const char* url :
       {"https://cdn.cosmo.test.evil.test/x", "https://evil.test/?https://cdn.cosmo.test/", "http://cdn.cosmo.test/x",
        "https://cdn.cosmo.test:8443/x", "https://cdn.cosmo.test@evil.test/x", "https://CDN.cosmo.test/x",
        "https://cdn.cosmo.test./x", "https://169.254.169.254/", "file:///etc/passwd", "unix:/run/a.sock", "",
        "https://cdn.cosmo.test/#x"}) {
    caller.url = url;
    EXPECT_EQ(caller.status(caller.body()), 400) << url;
  }
  for (const char* body :
       {"{}", "[]", "null", "x", R"({"privateConfigUrl":1,"organizationId":"o","federatedGraphId":"g"})"}) {
    EXPECT_EQ(caller.status(body), 400) << body;
  }
}

TEST(CosmoReview, SignsTheExactBytesThatItJudged) {
  Caller caller;
  const std::string config = "\n" + std::string(kConfig) + " ";
  const ServerAnswer answer = caller.decide(config);
  EXPECT_EQ(answer.response.status, 200);
  const auto mac = crypto::hmac_sha256(secret_of("cosmo sign key").view(), as_bytes(config));
  EXPECT_EQ(answer.response.body, "{\"signatureSha256\":\"" + base64_encode(mac) + "\"}");
  EXPECT_TRUE(answer.log->allowed);
}

TEST(CosmoReview, DeniesWithoutASignature) {
  Caller caller;
  for (const Fetched& config :
       {Fetched(with(R"("routingUrl":"https://s1.shop)", R"("routingUrl":"https://s1.evil)")),
        Fetched(with("wss://s1.shop", "ws://s1.shop")), Fetched(with("wss://s1.shop", "wss://s1.evil")),
        Fetched(std::string("{}")), Fetched(with("\"v1\"", "\"\xFF\"")), Fetched(std::unexpect, "fetch_timeout")}) {
    const ServerAnswer answer = caller.decide(config);
    EXPECT_EQ(answer.response.status, 400) << answer.response.body;
    EXPECT_TRUE(answer.response.body.starts_with("{\"error\":\"")) << answer.response.body;
    EXPECT_FALSE(answer.log->allowed);
  }
  caller.policy.policy.max_subgraphs = 0;
  EXPECT_EQ(caller.decide(std::string(kConfig)).response.status, 400);
}

}  // namespace
}  // namespace signet::admission
