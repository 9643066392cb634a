// YAML values keep their meaning: each row of field report 28, on real keys.
#include <gtest/gtest.h>

#include "tests/unit/config-schema/fixture.hpp"

namespace signet::config {
namespace {

using std::chrono::milliseconds;

// The token is a setting that takes any text of a bearer token; names and codes take plain words.
std::string service_name(std::string_view value) {
  const Loaded loaded = load_good("telemetry: { service_name: " + std::string(value) + " }\n");
  return loaded.config.telemetry.service_name;
}

// A file's path takes any text.
std::string any_text(std::string_view yaml) {
  const Loaded loaded = load_good("operations: { mode: safelist, source: { file: " + std::string(yaml) + " } }\n");
  return loaded.config.operations.source.file;
}

TEST(FieldReport28, ADollarAloneIsLiteral) {
  EXPECT_EQ(any_text("/pa$word"), "/pa$word");
  EXPECT_EQ(any_text("/$2y$10$abc"), "/$2y$10$abc");
  EXPECT_EQ(any_text("/100$"), "/100$");
  EXPECT_EQ(any_text("/^a$"), "/^a$");
  EXPECT_EQ(any_text("/$$"), "/$$");
}

TEST(FieldReport28, TwoDollarsAndABraceAreALiteralBrace) {
  EXPECT_EQ(any_text("\"/$${env:X}\""), "/${env:X}");
}

TEST(FieldReport28, VariablesAreReplacedWhereverTheyStand) {
  EXPECT_EQ(service_name("\"${env:X}\""), "v");
  EXPECT_EQ(load_good("telemetry:\n  service_name: ${env:X}\n").config.telemetry.service_name, "v");
  EXPECT_EQ(any_text("\"/a${env:H}:${env:P}b\""), "/ah.test:4000b");
}

TEST(FieldReport28, ValuesAreNotExpandedAgain) {
  EXPECT_EQ(any_text("\"/${env:N}\""), "/${env:X}");
  EXPECT_EQ(any_text("\"/${file:/secrets/x}\""), "/${env:X}");
}

TEST(FieldReport28, ANewlineInAVariableMakesNoKey) {
  const auto loaded = load_text("version: 1\nerrors:\n  allow_codes: [\"${env:M}\"]\n", {.development = true});
  ASSERT_FALSE(loaded);
  ASSERT_EQ(loaded.error().size(), 1u);
  EXPECT_EQ(loaded.error()[0].path, "errors.allow_codes[0]");
}

TEST(FieldReport28, BadSubstitutionsAreAllReportedWithTheirPlaces) {
  const auto loaded = load_text(R"(version: 1
operations:
  source: { file: "/${env:E}" }
errors:
  allow_codes:
    - ${X}
    - ${env:}
    - ${env:X
    - ${file:/nonexistent}
    - "${file:relative}"
    - ${env:BAD}
)",
                                {.development = true});
  ASSERT_FALSE(loaded);
  std::string all;
  for (const Diagnostic& error : loaded.error()) all += render(error) + "\n";
  EXPECT_EQ(loaded.error().size(), 7u) << all;
  EXPECT_TRUE(holds(all,
                    "router.yaml:3:19: operations.source.file: the environment variable E is not set; set it, or "
                    "write ${env:E:-default}\n  source: { file: \"/${env:E}\" }\n                  ^\n"));
  EXPECT_TRUE(holds(all, "router.yaml:6:7: errors.allow_codes[0]: \"${X}\" is not a substitution; write ${env:NAME}"));
  EXPECT_TRUE(holds(all, "router.yaml:7:7: errors.allow_codes[1]: \"\" is not the name of a variable"));
  EXPECT_TRUE(holds(all, "router.yaml:8:7: errors.allow_codes[2]: a ${ without its }"));
  EXPECT_TRUE(holds(all, "router.yaml:9:7: errors.allow_codes[3]: the file /nonexistent cannot be read"));
  EXPECT_TRUE(holds(all, "router.yaml:10:7: errors.allow_codes[4]: the file \"relative\" is not an absolute path"));
  EXPECT_TRUE(holds(all, "router.yaml:11:7: errors.allow_codes[5]: the environment variable BAD does not hold UTF-8"));
}

TEST(FieldReport28, DefaultsStandInForUnsetAndEmptyVariables) {
  EXPECT_EQ(service_name("\"${env:E:-other}\""), "other");
  EXPECT_EQ(service_name("\"${env:EMPTY:-other}\""), "other");
  EXPECT_EQ(service_name("\"${env:X:-other}\""), "v");
  EXPECT_TRUE(starts(error_with("telemetry: { service_name: \"${env:EMPTY}\" }\n"), "telemetry.service_name: "));
}

TEST(FieldReport28, KeysAreNotSubstituted) {
  EXPECT_TRUE(holds(error_with("\"${env:X}\": 1\n"), "unknown key \"${env:X}\""));
}

std::expected<Loaded, std::vector<Diagnostic>> with_port(std::string_view port) {
  return load_text("version: 1\nlisten:\n  graphql: \"0.0.0.0:" + std::string(port) + "\"\n", {.development = true});
}

TEST(FieldReport28, PortsOfEndpoints) {
  EXPECT_EQ(with_port("${env:P}")->config.listen.graphql.port, 4000);
  for (std::string_view port : {"04000", "0xfa0", "4e3", "70000", "-1", "", "4_000"}) {
    const auto loaded = with_port(port);
    ASSERT_FALSE(loaded) << port;
    EXPECT_TRUE(holds(loaded.error()[0].message, "65535")) << port;
  }
}

TEST(FieldReport28, WholeNumbersHaveOneSpelling) {
  EXPECT_EQ(load_good("workers: 4\n").config.workers, 4u);
  EXPECT_EQ(load_good("workers: \"4\"\n").config.workers, 4u);  // quotes do not matter for numbers
  EXPECT_EQ(load_good("limits: { tokens: \"${env:P}\" }\n").config.limits.tokens.max, 4000u);
  for (std::string_view value :
       {"04", "0xf", "0o17", "4e3", "70000", "-4", "4.0", "+4", "4_0", "99999999999999999999"}) {
    EXPECT_TRUE(starts(error_with("workers: " + std::string(value) + "\n"), "workers: \"" + std::string(value)));
  }
}

TEST(FieldReport28, StringsStayAsWritten) {
  for (std::string_view kid : {"012", "1e3", "3.10", "no", "123e45", "on", "0o17", "~x", "true"}) {
    const auto loaded =
        load_text("version: 1\ntrust: { keys: [{ kid: " + std::string(kid) + ", role: release, secret_file: /k }] }\n",
                  {.development = true});
    if (kid == "~x") {
      EXPECT_FALSE(loaded);
      continue;
    }
    ASSERT_TRUE(loaded) << kid << render(loaded.error()[0]);
    EXPECT_EQ(loaded->config.trust.keys.at(0).kid, kid);
  }
  EXPECT_EQ(service_name("123e45"), "123e45");
  EXPECT_EQ(service_name("'no'"), "no");
  EXPECT_EQ(service_name("\"null\""), "null");
}

TEST(FieldReport28, NullIsAnErrorEverywhere) {
  for (std::string_view value : {"null", "~", "Null", ""}) {
    EXPECT_TRUE(starts(error_with("telemetry:\n  service_name: " + std::string(value) + "\n"),
                       "telemetry.service_name: has no value; write a name"));
  }
  EXPECT_TRUE(starts(error_with("cors:\n"), "cors: has no value"));
}

TEST(FieldReport28, BooleansAreTrueAndFalseOnly) {
  EXPECT_TRUE(load_good("introspection: true\n").config.introspection);
  EXPECT_FALSE(load_good("csrf: { enabled: false }\n").config.csrf.enabled);
  EXPECT_TRUE(load_good("introspection: ${env:T}\n").config.introspection);
  EXPECT_TRUE(load_good("introspection: \"${env:T}\"\n").config.introspection);
  for (std::string_view value : {"yes", "on", "\"true\"", "1", "True", "TRUE", "y"}) {
    EXPECT_TRUE(holds(error_with("introspection: " + std::string(value) + "\n"), "write true or false")) << value;
  }
}

TEST(FieldReport28, DurationsHaveUnits) {
  EXPECT_EQ(load_good("timeouts: { client: 1m30s }\n").config.client_timeout, milliseconds(90'000));
  EXPECT_TRUE(holds(error_with("timeouts: { client: 30 }\n"), "\"30\" has no unit; write 30s or 30ms"));
  for (std::string_view value : {"1:30", "30S", "-5s", "1.5h", "5s10m", "1 s", "s"}) {
    EXPECT_TRUE(holds(error_with("timeouts: { client: " + std::string(value) + " }\n"),
                      "write a duration like 250ms, 10s, 1m30s, 24h or 90d"))
        << value;
  }
  EXPECT_TRUE(holds(error_with("timeouts: { client: 0s }\n"), "\"0s\" is too small; the least is 1ms"));
  EXPECT_TRUE(holds(error_with("timeouts: { client: 99999999999d }\n"), "the longest duration is 10000d"));
  EXPECT_TRUE(holds(error_with("timeouts: { client: 2h }\n"), "\"2h\" is too large; the most is 1h"));
}

TEST(FieldReport28, SizesAreDecimalOrBinaryAsWritten) {
  EXPECT_EQ(load_good("limits: { body: 2MB }\n").config.limits.body_bytes, 2'000'000u);
  EXPECT_EQ(load_good("limits: { body: 2MiB }\n").config.limits.body_bytes, 2'097'152u);
  EXPECT_EQ(load_good("limits: { document: { max: 8KiB, mode: measure } }\n").config.limits.document.max, 8192u);
  EXPECT_TRUE(holds(error_with("limits: { body: 2000000 }\n"), "has no unit; write 2000000B"));
  EXPECT_TRUE(holds(error_with("limits: { document: 1.5MB }\n"), "write a size like"));
}

}  // namespace
}  // namespace signet::config
