// trust.unsafe_compat: cosmo, what goes with it and what does not. The tokens were made with Python's base64 and json.
#include <gtest/gtest.h>

#include "config-schema/graph_token.hpp"
#include "config-schema/posture.hpp"
#include "tests/unit/config-schema/fixture.hpp"

namespace signet::config {
namespace {

// {"organization_id":"org-1","federated_graph_id":"graph_2","aud":"cosmo:graph-key"}
constexpr std::string_view kToken =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJvcmdhbml6YXRpb25faWQiOiJvcmctMSIsImZlZGVyYXRlZF9ncmFwaF9pZCI6ImdyYXBoXzIiLCJhdWQiOiJjb3NtbzpncmFwaC1rZXkifQ."
    "c2lnbmF0dXJl";

struct Parts {
  std::string source = "{ cdn: { url: https://cdn.example, token: TOKEN } }";
  std::string keys = "{ kid: cosmo, role: release, format: cosmo, secret_file: /k/cosmo }";
  std::string compat = "  unsafe_compat: cosmo\n";
  std::string graph, trust, more;
  std::string_view token = kToken;

  std::string text() const {
    std::string out =
        "version: 1\nlisten: { graphql: 0.0.0.0:4000 }\ngraph:\n  name: shop\n  environment: production\n" +
        ("  state_dir: /s\n  source: " + source) + "\n" + graph + "trust:\n  keys: [" + keys + "]\n" + compat + trust +
        more;
    for (size_t at = out.find("TOKEN"); at != std::string::npos; at = out.find("TOKEN")) out.replace(at, 5, token);
    return out;
  }
};

// The one error, as FILE:LINE:COLUMN PATH: MESSAGE.
std::string error_of(const Parts& parts, const LoadOptions& options = {}) {
  const auto loaded = load_text(parts.text(), options);
  if (loaded) return "none";
  std::string out;
  for (const Diagnostic& error : loaded.error()) {
    out += error.file + ":" + std::to_string(error.line) + ":" + std::to_string(error.column) + " " + error.path +
           ": " + error.message + "\n";
  }
  return out;
}

TEST(CosmoChecks, OneKeyAndOneTokenAreEnough) {
  const auto loaded = load_text(Parts{}.text());
  ASSERT_TRUE(loaded) << render(loaded.error().front());
  EXPECT_EQ(loaded->config.trust.unsafe_compat, UnsafeCompat::cosmo);
  EXPECT_EQ(loaded->config.trust.keys.front().format, KeyFormat::cosmo);
  EXPECT_FALSE(uses_statements(loaded->config));
}

TEST(CosmoChecks, C3NothingIsVerifiedWithoutItsKey) {
  const Parts no_key{.keys = "{ kid: r1, role: release, secret_file: /k/r1 }"};
  EXPECT_TRUE(starts(error_of(no_key), "router.yaml:10:18 trust.unsafe_compat: no key verifies what Cosmo's CDN"));
  const Parts no_compat{.compat = "", .more = "admission: { url: https://a.example/r, secret_file: /k/a }\n"};
  EXPECT_TRUE(starts(error_of(no_compat), "router.yaml:9:47 trust.keys[0].format: verifies nothing while"))
      << error_of(no_compat);
  const std::string forgotten = error_of(Parts{.compat = ""});  // and nothing about webhooks and statements
  EXPECT_TRUE(starts(forgotten, "router.yaml:9:47 trust.keys[0].format: verifies nothing while")) << forgotten;
  EXPECT_EQ(std::ranges::count(forgotten, '\n'), 1) << forgotten;
  const Parts off{.compat = "  unsafe_compat: none\n",
                  .more = "admission: { url: https://a.example/r, secret_file: /k/a }\n"};
  EXPECT_TRUE(holds(error_of(off), "trust.keys[0].format: verifies nothing while"));
}

TEST(CosmoChecks, ItsKeysAreHmacAndRelease) {
  const Parts approve{.keys = "{ kid: cosmo, role: approve, format: cosmo, secret_file: /k/cosmo }"};
  EXPECT_TRUE(
      holds(error_of(approve), "router.yaml:9:30 trust.keys[0].role: a key of format cosmo has the role release"));
  const Parts pair{.keys = "{ kid: cosmo, role: release, alg: Ed25519, format: cosmo, public_key_file: /k/cosmo.pub }"};
  EXPECT_TRUE(holds(error_of(pair), "trust.keys[0].format: cosmo goes with secret_file"));
  std::string many;
  for (int i = 0; i < 9; ++i) {
    const std::string n = std::to_string(i);
    many += (i == 0 ? "{ kid: c" : ", { kid: c") + n + ", role: release, format: cosmo, secret_file: /k/c" + n + " }";
  }
  EXPECT_TRUE(holds(error_of({.keys = many}), "trust.unsafe_compat: trust.keys has 9 keys of format cosmo"));
}

TEST(CosmoChecks, WhatItCannotDoIsRefused) {
  const Parts webhook{.more = "admission: { url: https://a.example/r, secret_file: /k/a }\n"};
  EXPECT_TRUE(starts(error_of(webhook), "router.yaml:11:19 admission.url: there is no statement that a webhook could"));
  for (const std::string_view roles : {"[release]", "[release, approve, approve]", "[release, release]"}) {
    const Parts parts{.trust = "  required_roles: " + std::string(roles) + "\n"};
    EXPECT_TRUE(holds(error_of(parts), "trust.required_roles: ")) << roles;
  }
  EXPECT_EQ(error_of({.trust = "  required_roles: [approve, release]\n"}), "none");
  EXPECT_TRUE(holds(error_of({.trust = "  min_serial: 7\n"}), "trust.min_serial: the router makes the serials"));
  const Parts file{.source = "{ file: /g.graphql }"};
  EXPECT_TRUE(holds(error_of(file), "trust.unsafe_compat: neither graph.source nor graph.fallback is a cdn"));
}

TEST(CosmoChecks, C15TokensNameSafeFolders) {
  const auto read = read_graph_token(kToken);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->organization_id, "org-1");
  EXPECT_EQ(read->federated_graph_id, "graph_2");

  const Parts none{.source = "{ cdn: { url: https://cdn.example } }"};
  EXPECT_TRUE(starts(error_of(none), "router.yaml:7:18 graph.source.cdn: Cosmo's CDN asks for the token of the graph"));
  for (const auto& [claims, why] : std::vector<std::pair<std::string, std::string>>{
           {"eyJvcmdhbml6YXRpb25faWQiOiJvcmctMSJ9", "has no claim federated_graph_id"},
           {"eyJvcmdhbml6YXRpb25faWQiOiIuLi94IiwiZmVkZXJhdGVkX2dyYXBoX2lkIjoiZyJ9",  // "../x"
            "has a claim organization_id that is not 1 to 128 letters"},
           {"eyJvcmdhbml6YXRpb25faWQiOiJvIiwiZmVkZXJhdGVkX2dyYXBoX2lkIjo3fQ", "has no claim federated_graph_id"},
           {"WzFd", "its claims cannot be read"},
           {"e30=", "its claims cannot be read"}}) {
    const std::string token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + claims + ".c2lnbmF0dXJl";
    const std::string error = error_of({.token = token});
    EXPECT_TRUE(starts(error, "router.yaml:7:")) << error;
    EXPECT_TRUE(holds(error, "graph.source.cdn.token: ")) << error;
    EXPECT_TRUE(holds(error, why)) << error;
    EXPECT_EQ(error.find(claims), std::string::npos);
  }
  EXPECT_TRUE(holds(error_of({.token = "hunter2"}), "is no graph token of Cosmo, which is a JWT of three parts"));
  EXPECT_EQ(error_of({.token = "hunter2"}).find("hunter2"), std::string::npos);
}

TEST(CosmoChecks, OtherSourcesKeepTheirStatements) {
  const std::string fallback = "  fallback: { file: /g.graphql }\n";
  EXPECT_TRUE(holds(error_of({.graph = fallback}), "trust.keys: no HS256 key has the role release"));
  const std::string both =
      "{ kid: cosmo, role: release, format: cosmo, secret_file: /k/cosmo }, { kid: r1, role: release, secret_file: "
      "/k/r1 }, { kid: a1, role: approve, alg: Ed25519, public_key_file: /k/a1.pub }";
  EXPECT_EQ(error_of({.keys = both, .graph = fallback}), "none");
  EXPECT_TRUE(holds(error_of({.more = "operations: { mode: safelist, source: { file: /o.json } }\n"}),
                    "trust.keys: no HS256 key has the role release"));
  EXPECT_EQ(error_of({.graph = "  fallback: { cdn: { url: https://b.example, token: TOKEN } }\n"}), "none");
  const Parts odd{.graph = "  fallback: { cdn: { url: https://b.example, token: hunter2 } }\n"};
  EXPECT_TRUE(holds(error_of(odd), "graph.fallback.cdn.token: is no graph token of Cosmo"));
}

TEST(CosmoChecks, ThePostureSaysSo) {
  const auto loaded = load_text(Parts{}.text());
  ASSERT_TRUE(loaded);
  const auto weak = posture(*loaded);
  ASSERT_EQ(weak.size(), 1u);
  EXPECT_EQ(weak.front().name(), "trust.unsafe_compat");
  EXPECT_TRUE(holds(weak.front().message, "no graph, no order, no expiry"));
}

TEST(CosmoChecks, ATrustRootMustAllowIt) {
  const std::string key = "{ kid: cosmo, role: release, format: cosmo, secret_file: /k/cosmo }";
  const auto under = [&](const std::string& rest) {
    return LoadOptions{.development = false,
                       .trust_root = SourceFile{"root.yaml",
                                                "version: 1\ngraph: { name: shop, environment: production }\ntrust: { "
                                                "keys: [" +
                                                    key + "] }\n" + rest},
                       .verified = false};
  };
  EXPECT_EQ(error_of({}, under("unsafe: [unsafe_compat]\n")), "none");
  EXPECT_TRUE(holds(error_of({}, under("")), "root.yaml:3:54 trust.keys[0].format: verifies nothing while the"));
  const LoadOptions plain{
      .development = false,
      .trust_root = SourceFile{"root.yaml",
                               "version: 1\ngraph: { name: shop, environment: production }\n"
                               "trust: { keys: [{ kid: r1, role: release, secret_file: /k/r1 }] }\n"},
      .verified = false};
  EXPECT_TRUE(holds(error_of({}, plain), "router.yaml:10:18 trust.unsafe_compat: the trust root does not allow it"));
  const std::string other = "{ kid: cosmo, role: release, format: statement, secret_file: /k/cosmo }";
  EXPECT_TRUE(holds(error_of({.keys = other + ", " + key}, under("unsafe: [unsafe_compat]\n")),
                    "the trust root has another alg, role, format or file"));
}

}  // namespace
}  // namespace signet::config
