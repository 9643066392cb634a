// What one key says about another, and the formats of single values.
#include <filesystem>
#include <gtest/gtest.h>

#include "tests/unit/config-schema/fixture.hpp"

namespace signet::config {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> warnings_with(std::string_view keys) {
  std::vector<std::string> out;
  for (const Diagnostic& warning : load_good(keys).warnings) out.push_back(warning.path + ": " + warning.message);
  return out;
}

TEST(CrossChecks, SubgraphTimeoutsAreBelowTheClients) {
  EXPECT_TRUE(starts(error_with("subgraphs: { all: { timeout: 30s } }\n"),
                     "subgraphs.all.timeout: subgraphs.all.timeout is 30s and timeouts.client is 30s"));
  EXPECT_TRUE(starts(error_with("timeouts: { client: 5s }\n"), "timeouts.client: subgraphs.all.timeout is 25s and"));
  EXPECT_TRUE(starts(error_with("subgraphs: { \"a.b\": { timeout: 40s } }\n"), "subgraphs.\"a.b\".timeout: "));
  load_good("timeouts: { client: 5s }\nsubgraphs: { all: { timeout: 4s } }\n");
}

TEST(CrossChecks, OriginsAreExact) {
  EXPECT_EQ(
      load_good("cors: { origins: [\"https://app.example\", \"http://localhost:3000\"] }\n").config.cors.origins.size(),
      2u);
  EXPECT_TRUE(holds(error_with("cors: { origins: [\"*\"] }\n"), "\"*\" is not an exact origin"));
  EXPECT_TRUE(holds(error_with("cors: { origins: [\"https://a.example/\"] }\n"), "write https://a.example"));
  EXPECT_TRUE(holds(error_with("cors: { origins: [\"https://a.example:443\"] }\n"), "write https://a.example"));
  EXPECT_TRUE(holds(error_with("cors: { origins: [a.example] }\n"), "is not an origin; write scheme://host[:port]"));
  EXPECT_TRUE(holds(error_with("cors: { origins: [\"https://*.example\"] }\n"), "is not an origin"));
}

TEST(CrossChecks, CredentialsDoNotGoWithTheWildcard) {
  const auto errors = errors_of(std::string(kBase) + "cors: { origins: [\"*\"], credentials: true }\n");
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_TRUE(starts(errors[1], "cors.credentials: credentials cannot be combined with the origin `*`"));
}

TEST(CrossChecks, CsrfNeedsHeaders) {
  EXPECT_TRUE(starts(error_with("csrf: { headers: [] }\n"), "csrf.headers: the list is empty while csrf is enabled"));
  load_good("csrf: { enabled: false, headers: [] }\n");
}

TEST(CrossChecks, PersistedOperationsNeedAManifest) {
  EXPECT_TRUE(starts(error_with("operations: { mode: safelist }\n"), "operations.mode: needs a manifest"));
  EXPECT_TRUE(starts(error_with("operations: { mode: ids_only }\n"), "operations.mode: needs a manifest"));
  EXPECT_TRUE(holds(error_with("operations: { mode: prefer }\n"), "is not supported by this version of signet"));
  EXPECT_EQ(warnings_with("operations: { source: { file: /o.json } }\n").size(), 1u);
}

TEST(CrossChecks, SomethingApproves) {
  const std::string text = R"(version: 1
listen: { graphql: 0.0.0.0:4000 }
graph: { name: shop, environment: production, source: { file: /g.json }, state_dir: /s }
trust: { keys: [{ kid: r1, role: release, secret_file: /k/r1 }%] }
)";
  std::string with_key = text, without = text;
  without.replace(text.find('%'), 1, "");
  with_key.replace(text.find('%'), 1, ", { kid: a, role: approve, alg: Ed25519, public_key_file: /k/a }");
  EXPECT_TRUE(load_text(with_key));
  const auto errors = errors_of(without);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_TRUE(holds(errors[0], "there are two ways out: write `admission: {url, secret_file}`"));
  EXPECT_TRUE(holds(errors[0], "`role: approve`"));
}

TEST(CrossChecks, PlainHttpIsForLoopback) {
  const std::string head = R"(version: 1
listen: { graphql: 0.0.0.0:4000 }
trust: { keys: [{ kid: r1, role: release, secret_file: /k/r1 }] }
)";
  const auto with = [&](std::string_view cdn, std::string_view hook) {
    return errors_of(head + "graph: { name: shop, environment: production, source: { cdn: { url: \"" +
                     std::string(cdn) + "\" } } }\nadmission: { url: \"" + std::string(hook) +
                     "\", secret_file: /k/a }\n");
  };
  EXPECT_TRUE(with("http://127.0.0.1:8000/x", "http://[::1]:8001/").empty());
  const auto errors = with("http://cdn.example", "http://10.0.0.1/hook");
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_TRUE(holds(errors[0], "graph.source.cdn.url: \"http://cdn.example\" is plain http"));
  EXPECT_TRUE(holds(errors[1], "admission.url: \"http://10.0.0.1/hook\" is plain http"));
}

TEST(CrossChecks, BucketsAreNamedInOneSpelling) {
  const auto with = [](std::string_view keys) {
    return errors_of("version: 1\ngraph: { name: g, environment: e, source: { s3: { credentials_file: /k/aws, " +
                         std::string(keys) + " } } }\n",
                     {.development = true});
  };
  const std::string endpoint = "endpoint: \"https://s3.test\", bucket: graphs";
  EXPECT_TRUE(with(endpoint).empty());
  EXPECT_TRUE(with(endpoint + ", prefix: a/b.c_d-E, region: eu-central-1").empty());
  EXPECT_TRUE(with("endpoint: \"http://127.0.0.1:9000\", bucket: graphs").empty());
  EXPECT_TRUE(holds(with("endpoint: \"http://s3.test\", bucket: graphs").at(0), "graph.source.s3.endpoint: "));
  EXPECT_TRUE(holds(with("endpoint: \"https://s3.test/x\", bucket: graphs").at(0), "write https://s3.test"));
  for (std::string_view bucket : {"ab", "Graphs", "a/b", "a..b", "-ab", "..."}) {
    EXPECT_EQ(with("endpoint: \"https://s3.test\", bucket: \"" + std::string(bucket) + "\"").size(), 1u) << bucket;
  }
  for (std::string_view prefix : {"/a", "a/", "a//b", "a/../b", ".", "a b", "a%2fb", "..", "a?b"}) {
    EXPECT_EQ(with(endpoint + ", prefix: \"" + std::string(prefix) + "\"").size(), 1u) << prefix;
  }
  EXPECT_EQ(with(endpoint + ", region: \"eu/central\"").size(), 1u);
}

TEST(CrossChecks, PlainHttpInTheAllowlistIsAWarning) {
  const auto warnings = warnings_with("subgraphs: { allow: [\"http://127.0.0.1:4001\", \"http://a.internal\"] }\n");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_TRUE(starts(warnings[0], "subgraphs.allow[1]: \"http://a.internal\" is plain http"));
}

TEST(CrossChecks, AllowlistEntriesAreChecked) {
  EXPECT_TRUE(holds(error_with("subgraphs: { allow: [\"https://a.example/x\"] }\n"), "remove the path"));
  EXPECT_TRUE(holds(error_with("subgraphs: { allow: [10.0.0.1/8] }\n"), "neither a URL pattern"));
  EXPECT_TRUE(holds(error_with("subgraphs: { allow: [\"https://*\"] }\n"), "subgraphs.allow[0]"));
}

TEST(CrossChecks, KeysAreDistinct) {
  const auto keys = [](std::string_view list) {
    return errors_of("version: 1\ntrust:\n  keys:\n" + std::string(list), {.development = true});
  };
  auto errors =
      keys("    - { kid: a, role: release, secret_file: /1 }\n    - { kid: a, role: release, secret_file: /2 }\n");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_TRUE(starts(errors[0], "trust.keys[1].kid: \"a\" is the kid of trust.keys[0] already"));
  errors =
      keys("    - { kid: a, role: release, secret_file: /1 }\n    - { kid: b, role: release, secret_file: /x/../1 }\n");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_TRUE(holds(errors[0], "is the secret of the key \"a\" already (trust.keys[0].secret_file)"));
  errors =
      keys("    - { kid: a, role: approve, public_key_file: /1 }\n    - { kid: r, role: release, secret_file: /2 }\n");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_TRUE(holds(errors[0], "goes with `alg: Ed25519`"));
  errors = keys(
      "    - { kid: a, role: release, secret_file: /1, not_before: 2027-01-01T00:00:00Z, not_after: "
      "2026-01-01T00:00:00Z }\n");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_TRUE(holds(errors[0], "is not later than not_before"));
  errors = keys("    - { kid: webhook, role: release, secret_file: /1 }\n");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_TRUE(holds(errors[0], "reserved"));
}

TEST(CrossChecks, OneSecretPerPurpose) {
  std::string text(kBase);
  text.replace(text.find("/k/admission"), 12, "/k/r1");
  const auto errors = errors_of(text);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_TRUE(starts(errors[0], "admission.secret_file: \"/k/r1\" is the secret of the key \"r1\" already"));
}

TEST(CrossChecks, KeyFilesReadableByOthersAreAWarning) {
  const fs::path file = fs::path(testing::TempDir()) / "signet_config_key";
  std::ofstream(file) << "key";
  std::string text(kBase);
  text.replace(text.find("/k/r1"), 5, file.string());
  fs::permissions(file, fs::perms(0640));
  auto loaded = load_text(text);
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->warnings.size(), 1u);
  EXPECT_EQ(loaded->warnings[0].path, "trust.keys[0].secret_file");
  fs::permissions(file, fs::perms(0600));
  loaded = load_text(text);
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->warnings.empty());
  fs::remove(file);
}

TEST(CrossChecks, OtlpEndpointsOfFieldReport25) {
  for (std::string_view good : {"http://127.0.0.1:4318", "http://127.0.0.1:4318/", "http://127.0.0.1:4318/otlp",
                                "https://collector.example/otlp/"}) {
    EXPECT_EQ(
        load_good("telemetry: { otlp: { endpoint: \"" + std::string(good) + "\" } }\n").config.telemetry.otlp_endpoint,
        good);
  }
  for (std::string_view bad : {"http://127.0.0.1:4318/v1/traces", "http://127.0.0.1:4318/v1/metrics/", "127.0.0.1:4318",
                               "ftp://127.0.0.1/", "http://user:pw@127.0.0.1:4318", "http://h.test:4318/?k=v"}) {
    const std::string error = error_with("telemetry: { otlp: { endpoint: \"" + std::string(bad) + "\" } }\n");
    EXPECT_TRUE(starts(error, "telemetry.otlp.endpoint: ")) << bad;
    EXPECT_FALSE(holds(error, "pw"));
  }
}

TEST(CrossChecks, ListenersDoNotCollide) {
  const auto with = [](std::string_view listen) {
    return errors_of("version: 1\nlisten: { " + std::string(listen) + " }\n", {.development = true});
  };
  EXPECT_TRUE(with("graphql: 127.0.0.1:0, health: 127.0.0.1:0, admin: 127.0.0.1:0").empty());
  EXPECT_EQ(with("graphql: 127.0.0.1:8089").size(), 1u);
  ASSERT_EQ(with("admin: 0.0.0.0:8089").size(), 1u);
  EXPECT_TRUE(holds(with("admin: 0.0.0.0:8089")[0], "is not loopback; write 127.0.0.1:8089"));
  EXPECT_TRUE(with("admin: off").empty());
}

TEST(CrossChecks, ShutdownFitsInto) {
  EXPECT_TRUE(
      starts(error_with("shutdown: { pre_stop: 30s }\n"), "shutdown.pre_stop: pre_stop is 30s and drain is 25s"));
}

TEST(CrossChecks, AMissingStateFolderIsAWarning) {
  std::string text(kBase);
  text.replace(text.find(", state_dir: /s"), 15, "");
  const auto loaded = load_text(text);
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->warnings.size(), 1u);
  EXPECT_EQ(loaded->warnings[0].path, "graph.state_dir");
}

TEST(Schema, ExactlyOneSource) {
  const auto errors =
      errors_of("version: 1\ngraph: { name: g, environment: e, source: { file: /a, cdn: { url: https://c.test } } }\n",
                {.development = true});
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0], "graph.source: has cdn and file at once; keep exactly one of them");
  EXPECT_TRUE(
      holds(error_with("operations: { mode: safelist, source: {} }\n"), "operations.source: write one of cdn, file"));
}

TEST(Schema, KeysOfLaterVersionsSaySo) {
  for (std::string_view key : {"auth", "rate_limit", "subscriptions"}) {
    EXPECT_TRUE(holds(error_with(std::string(key) + ": {}\n"),
                      std::string(key) + " is not supported by this version of signet"));
  }
  for (std::string_view path : {"retry", "breaker", "dedupe", "headers", "http"}) {
    EXPECT_TRUE(holds(error_with("subgraphs: { products: { " + std::string(path) + ": {} } }\n"),
                      "subgraphs.products." + std::string(path) + " is not supported by this version of signet"));
  }
  EXPECT_TRUE(holds(error_with("limits: { cost: { max: 5 } }\n"), "limits.cost is not supported by this version"));
  EXPECT_TRUE(holds(error_with("telemetry: { otlp: { endpoint: \"http://[::1]:4318\", protocol: http/json } }\n"),
                    "\"http/json\" is not supported by this version of signet; write http/protobuf"));
}

TEST(CrossChecks, CertificatesAndKeysGoTogether) {
  EXPECT_EQ(error_with("subgraphs: { a: { tls: { cert_file: /c } } }\n"),
            "subgraphs.a.tls: cert_file and key_file go together; write both, or neither");
  EXPECT_EQ(error_with("subgraphs: { all: { tls: { key_file: /k } } }\n"),
            "subgraphs.all.tls: cert_file and key_file go together; write both, or neither");
  const Loaded loaded =
      load_good("subgraphs: { all: { tls: { ca_file: /ca } }, a: { tls: { cert_file: /c, key_file: /k } } }\n");
  EXPECT_EQ(loaded.config.subgraphs.all.tls, (SubgraphTls{"/ca", {}, {}}));
  EXPECT_EQ(loaded.config.subgraphs.by_name.at("a").tls, (SubgraphTls{{}, "/c", "/k"}));
}

TEST(CrossChecks, TheAuditKeyHasANameAndNoOtherPurpose) {
  EXPECT_EQ(error_with("audit: { key_file: /k/audit }\n"),
            "audit.key_file: key_file and kid go together; write both, or neither for a log without signatures");
  EXPECT_EQ(error_with("audit: { kid: audit-1 }\n"),
            "audit.kid: key_file and kid go together; write both, or neither for a log without signatures");
  const std::string release = load_good("").config.trust.keys.at(0).secret_file;
  EXPECT_TRUE(holds(error_with("audit: { kid: audit-1, key_file: " + release + " }\n"), "each purpose needs a secret"));
  const Loaded loaded = load_good("audit: { key_file: /k/audit, kid: audit-1, rotate: { keep: 3 } }\n");
  EXPECT_EQ(loaded.config.audit.kid, "audit-1");
  EXPECT_EQ(loaded.config.audit.rotate_keep, 3u);
}

TEST(CrossChecks, TlsOfTheListener) {
  const auto with = [&](std::string_view tls) {
    std::string text(kBase);
    const std::string_view before = "listen: { graphql: 0.0.0.0:4000";
    return text.replace(text.find(before), before.size(), std::string(before) + ", tls: " + std::string(tls));
  };
  EXPECT_EQ(errors_of(with("{ cert_file: /c }")),
            std::vector<std::string>{"listen.tls.key_file: is missing; write an absolute path"});
  EXPECT_EQ(errors_of(with("{ cert_file: /c, key_file: /k, min_version: \"1.1\" }")).size(), 1u);
  for (const std::string_view version : {"1.3", "\"1.3\""}) {
    const auto loaded = load_text(with("{ cert_file: /c, key_file: /k, min_version: " + std::string(version) + " }"));
    ASSERT_TRUE(loaded) << render(loaded.error().front());
    EXPECT_EQ(loaded->config.listen.tls.min_version, TlsVersion::tls_1_3);
  }
}

TEST(CrossChecks, KeysOfCertificatesAreTheOwnersAlone) {
  const std::string file = testing::TempDir() + "tls_key_of_cross_checks";
  std::ofstream(file) << "key";
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  const Loaded loaded = load_good("subgraphs: { a: { tls: { cert_file: /c, key_file: " + file + " } }, b: { tls: " +
                                  "{ cert_file: /c, key_file: " + file + " } } }\n");  // one key may serve two
  ASSERT_EQ(loaded.warnings.size(), 2u);
  EXPECT_EQ(loaded.warnings[0].path, "subgraphs.a.tls.key_file");
  EXPECT_TRUE(holds(loaded.warnings[0].message, "chmod 600"));
}

TEST(Schema, AdmissionTimeoutHasBounds) {
  std::string text(kBase);
  text.replace(text.find("/k/admission"), 12, "/k/admission, timeout: 31s, failure_policy: Ignore");
  const auto errors = errors_of(text);
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_TRUE(holds(errors[0], "\"31s\" is too large; the most is 30s"));
  EXPECT_TRUE(holds(errors[1], "\"Ignore\" is not allowed; write Fail"));
}

TEST(Schema, FractionsAreDecimal) {
  EXPECT_EQ(load_good("telemetry: { traces: { sample: 0.25 } }\n").config.telemetry.trace_sample, 0.25);
  EXPECT_EQ(load_good("telemetry: { traces: { sample: 1 } }\n").config.telemetry.trace_sample, 1.0);
  for (std::string_view bad : {"1.5", "1e-2", ".5", "-0.1", "5%", "nan", "1."}) {
    EXPECT_TRUE(
        holds(error_with("telemetry: { traces: { sample: " + std::string(bad) + " } }\n"), "write one like 0.01"))
        << bad;
  }
}

}  // namespace
}  // namespace signet::config
