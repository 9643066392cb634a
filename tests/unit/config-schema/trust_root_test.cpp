// What a trust root says, the configuration may leave out or tighten; everything else is an error with its place.
#include "config-schema/trust_root.hpp"

#include <gtest/gtest.h>

#include "tests/unit/config-schema/fixture.hpp"

namespace signet::config {
namespace {

constexpr std::string_view kRoot = R"(version: 1
graph: { name: shop, environment: production, state_dir: /s }
trust:
  keys:
    - { kid: r1, role: release, secret_file: /k/r1, not_after: 2027-06-01T00:00:00Z }
    - { kid: a1, alg: Ed25519, role: approve, public_key_file: /k/a1.pub }
  required_roles: [release, approve, approve]
  revoked: [old]
  on_revoked: drop
  min_serial: 1000
  stale_grace: 10d
subgraphs: { allow: ["https://*.shop.internal"] }
)";

LoadOptions under(std::string_view root, bool verified = false) {
  return {.development = false, .trust_root = SourceFile{"root.yaml", std::string(root)}, .verified = verified};
}

std::string configuration(std::string_view graph, std::string_view rest) {
  return "version: 1\nlisten: { graphql: 0.0.0.0:4000 }\ngraph: { source: { file: /g.json }" + std::string(graph) +
         " }\n" + std::string(rest);
}

TEST(TrustRoot, TheConfigurationMayLeaveItAllOut) {
  const auto loaded = load_text(configuration("", ""), under(kRoot));
  ASSERT_TRUE(loaded) << render(loaded.error().front());
  const Config& config = loaded->config;
  EXPECT_EQ(config.graph.name, "shop");
  EXPECT_EQ(config.graph.environment, "production");
  EXPECT_EQ(config.graph.state_dir, "/s");
  ASSERT_EQ(config.trust.keys.size(), 2u);
  EXPECT_EQ(config.trust.keys[1].public_key_file, "/k/a1.pub");
  EXPECT_EQ(config.trust.required_roles.size(), 3u);
  EXPECT_EQ(config.trust.revoked, std::vector<std::string>{"old"});
  EXPECT_EQ(config.trust.on_revoked, OnRevoked::drop);
  EXPECT_EQ(config.trust.min_serial, 1000u);
  EXPECT_EQ(config.trust.stale_grace, milliseconds(std::chrono::days(10)));
  EXPECT_EQ(config.subgraphs.allow, std::vector<std::string>{"https://*.shop.internal"});
  EXPECT_EQ(config.subgraphs.ceiling, config.subgraphs.allow);
}

TEST(TrustRoot, ValuesKeepTheirPlaces) {
  const auto loaded = load_text(configuration("", ""), under(kRoot));
  ASSERT_TRUE(loaded);
  for (const Origin& origin : loaded->origins) {
    if (origin.path != "trust.min_serial") continue;
    EXPECT_EQ(origin.file, "root.yaml");
    EXPECT_EQ(origin.line, 10u);
    EXPECT_EQ(origin.value, "1000");
    return;
  }
  FAIL() << "trust.min_serial has no origin";
}

TEST(TrustRoot, TheConfigurationMayTighten) {
  const auto loaded =
      load_text(configuration(", name: shop, environment: production, state_dir: /s",
                              "trust:\n"
                              "  keys:\n"
                              "    - { kid: r1, role: release, secret_file: /k/r1, not_after: 2027-01-01T00:00:00Z }\n"
                              "    - { kid: a1, alg: Ed25519, role: approve, public_key_file: /k/a1.pub }\n"
                              "  required_roles: [release, release, approve, approve]\n"
                              "  revoked: [r0]\n  on_revoked: drop\n  min_serial: 2000\n  stale_grace: 1h\n"
                              "subgraphs: { allow: [\"https://a.shop.internal\"] }\n"),
                under(kRoot));
  ASSERT_TRUE(loaded) << render(loaded.error().front());
  EXPECT_EQ(loaded->config.trust.required_roles.size(), 4u);
  EXPECT_EQ(loaded->config.trust.revoked, (std::vector<std::string>{"r0", "old"}));
  EXPECT_EQ(loaded->config.trust.min_serial, 2000u);
  EXPECT_EQ(loaded->config.subgraphs.allow, std::vector<std::string>{"https://a.shop.internal"});
  EXPECT_EQ(loaded->config.subgraphs.ceiling, std::vector<std::string>{"https://*.shop.internal"});
}

struct Loosening {
  std::string_view graph, rest, path, message;
};

class TrustRootLoosening : public testing::TestWithParam<Loosening> {};

TEST_P(TrustRootLoosening, IsAnError) {
  const Loosening& tried = GetParam();
  const auto errors = errors_of(configuration(tried.graph, tried.rest), under(kRoot));
  ASSERT_EQ(errors.size(), 1u) << (errors.empty() ? "accepted" : errors.back());
  EXPECT_TRUE(starts(errors.front(), std::string(tried.path) + ": "));
  EXPECT_TRUE(holds(errors.front(), std::string(tried.message)));
}

constexpr std::string_view kOwnKeys =
    "trust:\n  keys:\n"
    "    - { kid: r1, role: release, secret_file: /k/r1, not_after: 2027-06-01T00:00:00Z }\n"
    "    - { kid: mine, alg: Ed25519, role: approve, public_key_file: /k/mine.pub }\n";

constexpr std::string_view kOtherFile =
    "trust:\n  keys:\n"
    "    - { kid: r1, role: release, secret_file: /k/mine, not_after: 2027-06-01T00:00:00Z }\n"
    "    - { kid: a1, alg: Ed25519, role: approve, public_key_file: /k/a1.pub }\n";
constexpr std::string_view kLonger =
    "trust:\n  keys:\n"
    "    - { kid: r1, role: release, secret_file: /k/r1 }\n"
    "    - { kid: a1, alg: Ed25519, role: approve, public_key_file: /k/a1.pub }\n";

INSTANTIATE_TEST_SUITE_P(
    All, TrustRootLoosening,
    testing::Values(Loosening{", name: other", "", "graph.name", "\"shop\""},
                    Loosening{", environment: test", "", "graph.environment", "\"production\""},
                    Loosening{", state_dir: /elsewhere", "", "graph.state_dir", "\"/s\""},
                    Loosening{"", kOwnKeys, "trust.keys[1]", "has no key \"mine\""},
                    Loosening{"", kOtherFile, "trust.keys[0]", "another alg, role, format or file"},
                    Loosening{"", kLonger, "trust.keys[0]", "gives \"r1\" a shorter validity"},
                    Loosening{"", "trust: { required_roles: [release, approve] }\n", "trust.required_roles",
                              "2 approve at least"},
                    Loosening{"", "trust: { on_revoked: alarm }\n", "trust.on_revoked", "says drop"},
                    Loosening{"", "trust: { min_serial: 999 }\n", "trust.min_serial", "1000 at least"},
                    Loosening{"", "trust: { stale_grace: 11d }\n", "trust.stale_grace", "10d at most"},
                    Loosening{"", "trust: { stale_grace: forever }\n", "trust.stale_grace", "10d at most"}),
    [](const auto& info) { return "Case" + std::to_string(info.index); });

TEST(TrustRoot, AWebhooksSecretMustBeItsOwn) {
  const std::string with_secret =
      "version: 1\ngraph: { name: shop, environment: production }\n"
      "trust: { keys: [{ kid: r1, role: release, secret_file: /k/r1 }] }\n"
      "admission: { secret_file: /k/hook }\n";
  const std::string admission = "admission: { url: https://admission.example/review, secret_file: ";
  EXPECT_TRUE(errors_of(configuration("", admission + "/k/hook }\n"), under(with_secret)).empty());
  EXPECT_TRUE(errors_of(configuration("", "admission: { url: https://admission.example/review }\n"), under(with_secret))
                  .empty());
  const auto errors = errors_of(configuration("", admission + "/k/mine }\n"), under(with_secret));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_TRUE(starts(errors.front(), "admission.secret_file: the trust root says \"/k/hook\""));
}

TEST(TrustRoot, WithoutASecretAWebhookNeedsAKey) {
  const std::string no_approver =
      "version: 1\ngraph: { name: shop, environment: production }\n"
      "trust: { keys: [{ kid: r1, role: release, secret_file: /k/r1 }] }\n";
  const std::string admission = "admission: { url: https://admission.example/review, secret_file: /k/hook }\n";
  const auto errors = errors_of(configuration("", admission), under(no_approver));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_TRUE(starts(errors.front(), "admission: the trust root lets no webhook approve"));
  EXPECT_TRUE(errors_of(configuration("", admission), under(kRoot)).empty());
}

TEST(TrustRoot, LeavingTheApproveKeyOutDoesNotLetTheWebhooksSecretApprove) {
  const std::string keys =
      "trust:\n  keys:\n    - { kid: r1, role: release, secret_file: /k/r1, not_after: 2027-06-01T00:00:00Z }\n";
  const std::string admission = "admission: { url: https://admission.example/review, secret_file: /k/mine }\n";
  const auto errors = errors_of(configuration("", keys + admission), under(kRoot));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_TRUE(starts(errors.front(), "trust.keys: none is an Ed25519 key with the role approve"));
}

TEST(TrustRoot, ASignedConfigurationIsOneThatWasVerified) {
  std::string root(kRoot);
  root.replace(root.find("  on_revoked"), 0, "  require_signed_config: true\n");
  const auto errors = errors_of(configuration("", ""), under(root));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_TRUE(starts(errors.front(), "trust.require_signed_config: nothing has verified this file"));
  EXPECT_TRUE(errors_of(configuration("", ""), under(root, true)).empty());
  const auto denied = errors_of(configuration("", "trust: { require_signed_config: false }\n"), under(root, true));
  ASSERT_EQ(denied.size(), 1u);
  EXPECT_TRUE(starts(denied.front(), "trust.require_signed_config: the trust root says true"));
  // The configuration may ask for it by itself; without a trust root nothing can have verified it.
  const auto alone = errors_of(
      "version: 1\nlisten: { graphql: 0.0.0.0:4000 }\n"
      "graph: { name: shop, environment: production, source: { file: /g.json } }\n"
      "trust: { require_signed_config: true, keys: [{ kid: r1, role: release, secret_file: /k/r1 }] }\n"
      "admission: { url: https://admission.example/review, secret_file: /k/hook }\n");
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_TRUE(starts(alone.front(), "trust.require_signed_config: "));
}

TEST(TrustRoot, ItsOwnMistakesAreToldWithPlaces) {
  const auto mistake = [](std::string_view text) {
    const auto loaded = load_trust_root({"root.yaml", std::string(text)});
    if (loaded) return std::string("accepted");
    return render(loaded.error().front());
  };
  EXPECT_TRUE(starts(mistake("version: 1\ngraph: { name: shop }\n"), "root.yaml:1:1: trust"));
  EXPECT_TRUE(
      holds(mistake("version: 1\ngraph: { name: shop, environment: p }\ntrust:\n  keys:\n    - { kid: r1, role: "
                    "release, secret_file: \"${env:KEYS}/r1\" }\n"),
            "root.yaml:5:46: trust.keys[0].secret_file: a trust root takes nothing from its environment"));
  EXPECT_TRUE(holds(mistake("version: 1\ngraph: { name: shop, environment: p }\ntrust:\n  keys: [{ kid: r1, role: "
                            "release, secret_file: /k/r1 }]\n  require_signed_config: true\n"),
                    "root.yaml:5:26: trust.require_signed_config: needs graph.state_dir here"));
  // Beside the mistakes of the configuration.
  const auto both = load_text(configuration("", "limit: {}\n"), under("version: 2\n"));
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().front().file, "root.yaml");
}

}  // namespace
}  // namespace signet::config
