// Where values come from; and that the schema, the structs and the reference page say the same.
#include <algorithm>
#include <gtest/gtest.h>

#include "config-schema/reference.hpp"
#include "router/json/document.hpp"
#include "tests/unit/config-schema/fixture.hpp"

namespace signet::config {
namespace {

Origin origin_of(const Loaded& loaded, std::string_view path) {
  const auto found = std::ranges::find(loaded.origins, path, &Origin::path);
  if (found != loaded.origins.end()) return *found;
  ADD_FAILURE() << path << " is not explained";
  return {};
}

TEST(Explain, TellsValueDefaultAndPlace) {
  const auto loaded =
      load({{"a.yaml", std::string(kBase) + "limits: { depth: 10 }\n"}, {"b.yaml", "limits:\n  depth: 12\n"}},
           test_sources());
  ASSERT_TRUE(loaded);
  const Origin depth = origin_of(*loaded, "limits.depth");
  EXPECT_EQ(depth.value, "12");
  EXPECT_EQ(depth.default_value, "20");
  EXPECT_EQ(depth.file, "b.yaml");
  EXPECT_EQ(depth.line, 2u);
  EXPECT_TRUE(depth.live);
  EXPECT_FALSE(depth.description.empty());
  const Origin admin = origin_of(*loaded, "listen.admin");
  EXPECT_EQ(admin.value, "\"127.0.0.1:8089\"");
  EXPECT_TRUE(admin.file.empty());
  EXPECT_FALSE(admin.live);
}

TEST(Explain, SecretsAndSubstitutedValuesAreNotShown) {
  const auto loaded = load_text(R"(version: 1
graph: { name: g, environment: "${env:X}", source: { cdn: { url: https://c.test, token: "${file:/secrets/token}" } } }
)",
                                {.development = true});
  ASSERT_TRUE(loaded) << render(loaded.error()[0]);
  EXPECT_EQ(loaded->config.graph.source.cdn->token, "s3cr3t");
  EXPECT_EQ(origin_of(*loaded, "graph.source.cdn.token").value, "\"(secret)\"");
  EXPECT_EQ(origin_of(*loaded, "graph.environment").value, "\"${env:X}\"");
}

TEST(Explain, ErrorsDoNotTellWhatASubstitutionBroughtIn) {
  const auto errors = errors_of(
      "version: 1\nlisten: { graphql: \"0.0.0.0:${env:H}\" }\nworkers: ${env:H}\n"
      "cors: { origins: [\"https://${env:H}/\"] }\ngraph: { name: g, environment: e, source: "
      "{ cdn: { url: \"https://a.test:${env:H}\" } } }\n",
      {.development = true});
  EXPECT_EQ(errors.size(), 4u);
  for (const std::string& error : errors) EXPECT_FALSE(holds(error, "h.test")) << error;
}

TEST(Explain, EveryValueIsJson) {
  const auto loaded = load_text(read_source("config-schema/examples/full.yaml"));
  ASSERT_TRUE(loaded);
  for (const Origin& origin : loaded->origins) {
    EXPECT_TRUE(json::Document::parse(origin.value)) << origin.path << " " << origin.value;
    EXPECT_TRUE(json::Document::parse(origin.default_value)) << origin.path << " " << origin.default_value;
    EXPECT_FALSE(origin.description.empty()) << origin.path;
  }
  EXPECT_EQ(origin_of(*loaded, "subgraphs.products.timeout").value, "\"5s\"");
}

TEST(Explain, BlocksThatAreLeftOutHaveNoValues) {
  const Loaded loaded = load_good("");
  EXPECT_EQ(origin_of(loaded, "telemetry.otlp.interval").value, "null");
  EXPECT_EQ(origin_of(loaded, "cors.max_age").value, "\"10m\"");
}

// Writes each default of the schema into a file and expects what the structs hold without it.
TEST(Schema, DefaultsAreThoseOfTheStructs) {
  const Loaded plain = load_good("");
  std::string keys;
  std::string block;
  for (const Origin& origin : plain.origins) {
    const size_t dot = origin.path.find('.');
    const bool in_base = origin.path.starts_with("graph.") || origin.path.starts_with("operations.source") ||
                         origin.path.starts_with("trust.") || origin.path.starts_with("admission.") ||
                         origin.path.starts_with("listen.") || origin.path == "version";
    if (in_base || origin.value == "null") continue;
    const std::string top = origin.path.substr(0, dot);
    if (dot == std::string::npos) {
      keys += top + ": " + origin.default_value + "\n";
      continue;
    }
    const std::string rest = origin.path.substr(dot + 1);
    if (top != block) keys += top + ":\n";
    block = top;
    const size_t inner = rest.find('.');
    if (inner == std::string::npos) {
      keys += "  " + rest + ": " + origin.default_value + "\n";
    } else {
      const std::string head = "  " + rest.substr(0, inner) + ":\n";
      if (keys.find("\n" + head) == std::string::npos) keys += head;
      keys += "    " + rest.substr(inner + 1) + ": " + origin.default_value + "\n";
    }
  }
  EXPECT_GT(std::ranges::count(keys, '\n'), 45);
  const Config written = load_good(keys).config;
  const Config defaults;
  EXPECT_EQ(written.workers, defaults.workers);
  EXPECT_EQ(written.subgraphs.all.timeout, defaults.subgraphs.all.timeout);
  EXPECT_EQ(written.subgraphs.all.connect_timeout, defaults.subgraphs.all.connect_timeout);
  EXPECT_EQ(written.subgraphs.all.max_response_bytes, defaults.subgraphs.all.max_response_bytes);
  EXPECT_EQ(written.status_policy, defaults.status_policy);
  EXPECT_EQ(written.operations.mode, defaults.operations.mode);
  constexpr Limit Limits::* kLimits[] = {&Limits::depth,
                                         &Limits::height,
                                         &Limits::aliases,
                                         &Limits::root_fields,
                                         &Limits::directives,
                                         &Limits::directives_per_location,
                                         &Limits::tokens,
                                         &Limits::recursion,
                                         &Limits::fields,
                                         &Limits::document,
                                         &Limits::expanded_selections,
                                         &Limits::operation_name};
  for (const auto limit : kLimits) {
    EXPECT_EQ((written.limits.*limit).max, (defaults.limits.*limit).max);
    EXPECT_EQ((written.limits.*limit).mode, (defaults.limits.*limit).mode);
  }
  EXPECT_EQ(written.limits.body_bytes, defaults.limits.body_bytes);
  EXPECT_EQ(written.limits.unread_answers_bytes, defaults.limits.unread_answers_bytes);
  EXPECT_EQ(written.limits.tls_handshakes, defaults.limits.tls_handshakes);
  EXPECT_EQ(written.cors.origins, defaults.cors.origins);
  EXPECT_EQ(written.cors.credentials, defaults.cors.credentials);
  EXPECT_EQ(written.cors.max_age, defaults.cors.max_age);
  EXPECT_EQ(written.cors.headers, defaults.cors.headers);
  EXPECT_EQ(written.csrf.enabled, defaults.csrf.enabled);
  EXPECT_EQ(written.csrf.headers, defaults.csrf.headers);
  EXPECT_EQ(written.introspection, defaults.introspection);
  EXPECT_EQ(written.errors.subgraph_messages, defaults.errors.subgraph_messages);
  EXPECT_EQ(written.errors.allow_codes, defaults.errors.allow_codes);
  EXPECT_EQ(written.client_timeout, defaults.client_timeout);
  EXPECT_EQ(written.shutdown.pre_stop, defaults.shutdown.pre_stop);
  EXPECT_EQ(written.shutdown.drain, defaults.shutdown.drain);
  EXPECT_EQ(written.on_stale, defaults.on_stale);
  EXPECT_EQ(written.telemetry.trace_sample, defaults.telemetry.trace_sample);
  EXPECT_EQ(written.telemetry.prometheus, defaults.telemetry.prometheus);
  EXPECT_EQ(written.telemetry.usage, defaults.telemetry.usage);
  EXPECT_EQ(written.telemetry.service_name, defaults.telemetry.service_name);
  EXPECT_EQ(written.access_log, defaults.access_log);
  EXPECT_EQ(written.audit.checkpoint_records, defaults.audit.checkpoint_records);
  EXPECT_EQ(written.audit.checkpoint_every, defaults.audit.checkpoint_every);
  EXPECT_EQ(written.audit.rotate_bytes, defaults.audit.rotate_bytes);
  EXPECT_EQ(written.audit.rotate_keep, defaults.audit.rotate_keep);
  EXPECT_EQ(written.audit.on_tamper, defaults.audit.on_tamper);
}

// Defaults inside blocks that kBase must write itself.
TEST(Schema, DefaultsOfRequiredBlocksAreThoseOfTheStructs) {
  const Loaded plain = load_good("");
  const Config defaults;
  EXPECT_EQ(origin_of(plain, "listen.path").default_value, "\"" + defaults.listen.path + "\"");
  EXPECT_EQ(origin_of(plain, "listen.health").default_value, "\"" + defaults.listen.health.host + ":8088\"");
  EXPECT_EQ(defaults.listen.health.port, 8088);
  EXPECT_EQ(origin_of(plain, "listen.admin").default_value, "\"" + defaults.listen.admin.host + ":8089\"");
  EXPECT_EQ(defaults.listen.admin.port, 8089);
  EXPECT_EQ(origin_of(plain, "graph.source.cdn.poll").default_value, "\"10s\"");
  EXPECT_EQ(CdnSource().poll.count(), 10'000);
  EXPECT_EQ(origin_of(plain, "graph.source.cdn.jitter").default_value, "\"5s\"");
  EXPECT_EQ(CdnSource().jitter.count(), 5'000);
  EXPECT_EQ(origin_of(plain, "graph.source.s3.poll").default_value, "\"10s\"");
  EXPECT_EQ(S3Source().poll.count(), 10'000);
  EXPECT_EQ(origin_of(plain, "graph.source.s3.jitter").default_value, "\"5s\"");
  EXPECT_EQ(S3Source().jitter.count(), 5'000);
  EXPECT_EQ(origin_of(plain, "graph.source.s3.region").default_value, "\"us-east-1\"");
  EXPECT_EQ(S3Source().region, "us-east-1");
  EXPECT_EQ(origin_of(plain, "admission.timeout").default_value, "\"10s\"");
  EXPECT_EQ(defaults.admission.timeout.count(), 10'000);
  EXPECT_EQ(origin_of(plain, "trust.min_serial").default_value, "0");
  EXPECT_EQ(defaults.trust.min_serial, 0u);
  EXPECT_EQ(origin_of(plain, "trust.required_roles").default_value, "[\"release\",\"approve\"]");
  EXPECT_EQ(defaults.trust.required_roles, (std::vector{KeyRole::release, KeyRole::approve}));
  EXPECT_EQ(origin_of(plain, "telemetry.otlp.interval").default_value, "\"5s\"");
  EXPECT_EQ(defaults.telemetry.export_interval.count(), 5'000);
}

TEST(Schema, TextIsJson) {
  EXPECT_TRUE(json::Document::parse(schema_text()));
  EXPECT_EQ(schema_text(), read_source("config-schema/signet.schema.json"));
}

void expect_page(const std::string& name, const std::string& page) {
  if (std::getenv("SIGNET_UPDATE") != nullptr) std::ofstream(source_path(name), std::ios::binary) << page;
  EXPECT_TRUE(page == read_source(name)) << name
                                         << " is not what the schema says; regenerate it: SIGNET_UPDATE=1 ctest -R "
                                            "unit_config_schema";
}

TEST(Reference, PagesAreUpToDate) {
  expect_page("docs/configuration.md", configuration_page());
  expect_page("docs/admission-policy.md", admission_policy_page());
  expect_page("docs/trust-root.md", trust_root_page());
}

}  // namespace
}  // namespace signet::config
