// Good files: examples, defaults, modes, layers.
#include <algorithm>
#include <gtest/gtest.h>

#include "tests/unit/config-schema/fixture.hpp"

namespace signet::config {
namespace {

using std::chrono::milliseconds;

TEST(Load, DevelopmentWithoutFilesIsTheDefaults) {
  const auto loaded = load({}, {}, {.development = true});
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->config.introspection);
  EXPECT_EQ(loaded->config.limits.depth.mode, LimitMode::measure);
  EXPECT_EQ(loaded->config.limits.document.mode, LimitMode::measure);
  EXPECT_EQ(loaded->config.limits.depth.max, 20u);
}

TEST(Load, WithoutFilesElseIsAnError) {
  const auto loaded = load({}, {});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(render(loaded.error().front()), "no configuration file; pass one with -c FILE");
}

TEST(Load, MinimalExample) {
  const auto loaded = load_text(read_source("config-schema/examples/minimal.yaml"));
  ASSERT_TRUE(loaded) << render(loaded.error().front());
  const Config& config = loaded->config;
  EXPECT_EQ(config.listen.graphql.host, "0.0.0.0");
  EXPECT_EQ(config.listen.graphql.port, 4000);
  EXPECT_EQ(config.listen.admin.port, 8089);
  EXPECT_EQ(config.graph.source.file, "/etc/signet/graph.json");
  EXPECT_EQ(config.trust.keys.at(0).kid, "2026-11");
  EXPECT_EQ(config.admission.timeout, milliseconds(10'000));
  EXPECT_EQ(config.subgraphs.allow.size(), 2u);
  EXPECT_FALSE(config.introspection);
  EXPECT_EQ(config.limits.depth.mode, LimitMode::enforce);
}

TEST(Load, FullExample) {
  const auto loaded = load_text(read_source("config-schema/examples/full.yaml"));
  ASSERT_TRUE(loaded) << render(loaded.error().front());
  EXPECT_TRUE(loaded->warnings.empty());
  const Config& config = loaded->config;
  ASSERT_TRUE(config.graph.source.cdn);
  EXPECT_EQ(config.graph.source.cdn->token, "none");
  EXPECT_EQ(config.graph.source.cdn->push_secret_file, "/etc/signet/keys/push");
  EXPECT_EQ(config.graph.source.cdn->ca_file, "/etc/signet/tls/cdn.pem");
  ASSERT_TRUE(config.graph.fallback.s3);
  EXPECT_EQ(config.graph.fallback.s3->endpoint, "https://s3.eu-central-1.amazonaws.com");
  EXPECT_EQ(config.graph.fallback.s3->bucket, "shop-graphs");
  EXPECT_EQ(config.graph.fallback.s3->prefix, "production/shop");
  EXPECT_EQ(config.graph.fallback.s3->region, "eu-central-1");
  EXPECT_EQ(config.graph.fallback.s3->credentials_file, "/etc/signet/keys/aws");
  EXPECT_EQ(config.graph.fallback.s3->ca_file, "/etc/signet/tls/s3.pem");
  EXPECT_EQ(config.trust.keys.at(1).algorithm, KeyAlgorithm::ed25519);
  EXPECT_EQ(config.trust.keys.at(1).role, KeyRole::approve);
  EXPECT_TRUE(config.trust.keys.at(0).not_after);
  EXPECT_FALSE(config.trust.stale_grace);
  EXPECT_EQ(config.subgraphs.by_name.at("products").max_response_bytes, 4u << 20);
  EXPECT_EQ(config.operations.mode, OperationsMode::safelist);
  EXPECT_EQ(config.limits.height.mode, LimitMode::off);
  EXPECT_EQ(config.limits.aliases.mode, LimitMode::measure);
  EXPECT_EQ(config.limits.body_bytes, 2'000'000u);
  EXPECT_EQ(config.limits.unread_answers_bytes, 64u << 20);
  EXPECT_EQ(config.limits.tls_handshakes, 1'024u);
  EXPECT_TRUE(config.cors.credentials);
  EXPECT_EQ(config.telemetry.otlp_endpoint, "http://127.0.0.1:4318");
  // Every key of the schema that has a value of its own stands in the example.
  for (const Origin& origin : loaded->origins) {
    const auto one_of = [&](const std::vector<std::string_view>& sources) {
      return std::ranges::any_of(sources, [&](std::string_view source) { return origin.path.starts_with(source); });
    };
    const bool other_kind = one_of({"graph.source.file", "graph.source.s3", "graph.fallback.file", "graph.fallback.cdn",
                                    "operations.source.cdn", "operations.source.s3"});
    EXPECT_TRUE(other_kind || !origin.file.empty()) << origin.path;
  }
}

TEST(Load, WordsThatYaml11CallsBooleansStayWords) {
  const Loaded loaded = load_good("operations: { mode: off }\naccess_log: { output: off }\nlimits: { tokens: off }\n");
  EXPECT_EQ(loaded.config.operations.mode, OperationsMode::off);
  EXPECT_EQ(loaded.config.access_log, AccessLog::off);
  EXPECT_EQ(loaded.config.limits.tokens.mode, LimitMode::off);
  EXPECT_EQ(loaded.config.limits.tokens.max, 15'000u);
}

TEST(Load, EndpointsMayBeOffOrSockets) {
  const auto loaded = load_text(R"(version: 1
listen: { graphql: "unix:/run/signet.sock", health: off, admin: "[::1]:8089" }
)",
                                {.development = true});
  ASSERT_TRUE(loaded) << render(loaded.error().front());
  EXPECT_EQ(loaded->config.listen.graphql.unix_path, "/run/signet.sock");
  EXPECT_TRUE(loaded->config.listen.health.host.empty());
  EXPECT_EQ(loaded->config.listen.admin.host, "::1");
}

TEST(Load, DevelopmentNeedsNoGraphTrustOrAdmission) {
  const auto loaded =
      load_text("version: 1\nlimits: { depth: 7, aliases: { max: 5, mode: enforce } }\n", {.development = true});
  ASSERT_TRUE(loaded) << render(loaded.error().front());
  EXPECT_EQ(loaded->config.limits.depth.max, 7u);
  EXPECT_EQ(loaded->config.limits.depth.mode, LimitMode::measure);
  EXPECT_EQ(loaded->config.limits.aliases.mode, LimitMode::enforce);
}

TEST(Load, LayersMergeMapsAndReplaceListsAndScalars) {
  const std::vector<SourceFile> files = {
      {"a.yaml", std::string(kBase) +
                     "limits: { depth: 10, fields: 5 }\nsubgraphs: { allow: [10.0.0.0/8], all: { timeout: 9s } }\n"},
      {"b.yaml", "limits:\n  depth: 12\nsubgraphs: { allow: [10.1.0.0/16] }\n"}};
  const auto loaded = load(files, test_sources());
  ASSERT_TRUE(loaded) << render(loaded.error().front());
  EXPECT_EQ(loaded->config.limits.depth.max, 12u);
  EXPECT_EQ(loaded->config.limits.fields.max, 5u);
  EXPECT_EQ(loaded->config.subgraphs.allow, std::vector<std::string>{"10.1.0.0/16"});
  EXPECT_EQ(loaded->config.subgraphs.all.timeout, milliseconds(9'000));
}

TEST(Load, ErrorsOfLayersNameTheirFile) {
  const auto loaded = load({{"a.yaml", std::string(kBase)}, {"b.yaml", "limits:\n  depth: deep\n"}}, test_sources());
  ASSERT_FALSE(loaded);
  ASSERT_EQ(loaded.error().size(), 1u);
  EXPECT_TRUE(render(loaded.error().front()).starts_with("b.yaml:2:10: limits.depth: "));
}

TEST(Load, FilesOfSubstitutionsLoseOneFinalNewline) {
  const SubstitutionSources sources = process_substitution_sources();
  const std::string path = testing::TempDir() + "/signet_config_value";
  const auto read = [&](std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
    return sources.file(path);
  };
  EXPECT_EQ(read("v"), "v");
  EXPECT_EQ(read("v\n"), "v");
  EXPECT_EQ(read("v\r\n"), "v");
  EXPECT_EQ(read("v\n\n"), "v\n");
  EXPECT_EQ(read(""), "");
  std::remove(path.c_str());
  EXPECT_FALSE(sources.file(path));
  EXPECT_FALSE(sources.file("/"));
  EXPECT_FALSE(sources.environment("SIGNET_TEST_UNSET_VARIABLE"));
}

}  // namespace
}  // namespace signet::config
