// The YAML of `signet admission`.
#include "config-schema/admission_policy.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "tests/unit/config-schema/fixture.hpp"

namespace signet::config {
namespace {

constexpr std::string_view kPolicy = R"(version: 1
listen: 127.0.0.1:9443
secret_file: /k/hook
approve: { kid: approver, key_file: /k/approver.pem }
graphs:
  - name: shop
    environment: production
    keys:
      - { kid: r1, role: release, secret_file: /k/r1 }
      - { kid: a1, role: approve, alg: Ed25519, public_key_file: /k/a1.pem }
    allow: ["https://*.shop.internal", 10.0.0.0/8]
    allow_plain_http: true
    required_signers: [r1]
    approvers: 1
    max_subgraphs: 50
)";

std::string replaced(std::string_view from, std::string_view to) {
  std::string text(kPolicy);
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string error_of(std::string text) {
  const auto loaded = load_admission_policy({"admission.yaml", std::move(text)}, test_sources());
  if (loaded) return "accepted";
  std::string out;
  for (const Diagnostic& error : loaded.error()) out += render(error) + "\n";
  return out;
}

TEST(AdmissionPolicy, Full) {
  const auto loaded = load_admission_policy({"admission.yaml", std::string(kPolicy)}, test_sources());
  ASSERT_TRUE(loaded) << render(loaded.error()[0]);
  EXPECT_EQ(loaded->listen.port, 9443);
  EXPECT_EQ(loaded->approve_kid, "approver");
  EXPECT_EQ(loaded->approve_key_file, "/k/approver.pem");
  const AdmissionGraphPolicy& graph = loaded->graphs.at(0);
  EXPECT_EQ(graph.name, "shop");
  EXPECT_EQ(graph.keys.size(), 2u);
  EXPECT_EQ(graph.keys[1].algorithm, KeyAlgorithm::ed25519);
  EXPECT_EQ(graph.allow.size(), 2u);
  EXPECT_TRUE(graph.allow_plain_http);
  EXPECT_EQ(graph.required_signers, std::vector<std::string>{"r1"});
  EXPECT_EQ(graph.approvers, 1u);
  EXPECT_EQ(graph.max_subgraphs, 50u);
  EXPECT_EQ(graph.kinds, (std::vector<std::string>{"graph", "operations"}));
  EXPECT_TRUE(loaded->warnings.empty());
}

TEST(AdmissionPolicy, KindsAreListed) {
  const auto loaded = load_admission_policy({"admission.yaml", replaced("max_subgraphs: 50", "kinds: [graph, router]")},
                                            test_sources());
  ASSERT_TRUE(loaded) << render(loaded.error()[0]);
  EXPECT_EQ(loaded->graphs.at(0).kinds, (std::vector<std::string>{"graph", "router"}));
  EXPECT_NE(error_of(replaced("max_subgraphs: 50", "kinds: [graph, config]")).find("kinds[1]"), std::string::npos);
}

TEST(AdmissionPolicy, FilesOfSecretsThatOthersMayReadAreNamed) {
  const std::string file = testing::TempDir() + "signet-policy-secret";
  std::ofstream(file) << "x";
  using std::filesystem::perms;
  for (const auto& [from, path] :
       {std::pair("secret_file: /k/hook", "secret_file"), std::pair("key_file: /k/approver.pem", "approve.key_file"),
        std::pair("secret_file: /k/r1", "graphs[0].keys[0].secret_file")}) {
    const std::string key(from, std::string_view(from).find(' ') + 1);
    const std::string text = replaced(from, key + file);
    std::filesystem::permissions(file, perms::owner_read | perms::group_read);
    const auto open = load_admission_policy({"admission.yaml", text}, test_sources());
    ASSERT_TRUE(open && open->warnings.size() == 1) << path;
    EXPECT_EQ(open->warnings[0].path, path);
    EXPECT_NE(open->warnings[0].message.find("can be read by its group or by others"), std::string::npos);
    std::filesystem::permissions(file, perms::owner_read);
    const auto closed = load_admission_policy({"admission.yaml", text}, test_sources());
    EXPECT_TRUE(closed && closed->warnings.empty()) << path;
  }
}

constexpr std::string_view kWhole = R"(version: 1
secret_file: /k/hook
store_dir: /s
store_artifacts_max: 50
cosmo:
  webhook_secret_file: /k/cosmo
  sign_key_file: /k/sign
  origins: ["https://cdn.test", "http://127.0.0.1:11000"]
  allow: ["https://*.shop.internal"]
  allow_plain_http: true
  max_subgraphs: 3
graphs:
  - name: shop
    environment: production
    keys: [{ kid: r1, role: release, secret_file: /k/r1 }]
    allow: ["https://*.shop.internal"]
    artifacts: { cdn: { url: "https://cdn.test/shop", token: t0ken, ca_file: /k/ca.pem } }
    forbid: [breaking, SUBGRAPH_REMOVED]
    unknown_previous: allow
    windows:
      - { days: [mon, sun], from: "09:30", to: "24:00" }
      - { from: "00:00", to: "01:00" }
    freezes: [{ from: 2026-12-20T00:00:00Z, to: 2027-01-02T00:00:00Z }]
)";

std::string changed(std::string_view from, std::string_view to) {
  std::string text(kWhole);
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(AdmissionPolicy, ArtifactsChangesAndWindows) {
  const auto loaded = load_admission_policy({"admission.yaml", std::string(kWhole)}, test_sources());
  ASSERT_TRUE(loaded) << render(loaded.error()[0]);
  EXPECT_EQ(loaded->store_dir, "/s");
  EXPECT_EQ(loaded->store_artifacts_max, 50u);
  ASSERT_TRUE(loaded->cosmo);
  EXPECT_EQ(loaded->cosmo->webhook_secret_file, "/k/cosmo");
  EXPECT_EQ(loaded->cosmo->sign_key_file, "/k/sign");
  EXPECT_EQ(loaded->cosmo->origins.size(), 2u);
  EXPECT_EQ(loaded->cosmo->allow.size(), 1u);
  EXPECT_TRUE(loaded->cosmo->allow_plain_http);
  EXPECT_EQ(loaded->cosmo->max_subgraphs, 3u);
  const AdmissionGraphPolicy& graph = loaded->graphs.at(0);
  ASSERT_TRUE(graph.artifacts.cdn);
  EXPECT_EQ(graph.artifacts.cdn->url, "https://cdn.test/shop");
  EXPECT_EQ(graph.artifacts.cdn->token, "t0ken");
  EXPECT_EQ(graph.artifacts.cdn->ca_file, "/k/ca.pem");
  EXPECT_EQ(graph.forbid, (std::vector<std::string>{"breaking", "SUBGRAPH_REMOVED"}));
  EXPECT_TRUE(graph.allow_unknown_previous);
  ASSERT_EQ(graph.windows.size(), 2u);
  EXPECT_EQ(graph.windows[0].days, (std::vector<unsigned>{1, 0}));
  EXPECT_EQ(graph.windows[0].from, std::chrono::minutes(570));
  EXPECT_EQ(graph.windows[0].to, std::chrono::minutes(1440));
  EXPECT_EQ(graph.windows[1].days.size(), 7u);
  ASSERT_EQ(graph.freezes.size(), 1u);
  EXPECT_EQ(graph.freezes[0].to - graph.freezes[0].from, std::chrono::hours(13 * 24));
}

TEST(AdmissionPolicy, WhatDoesNotFitTogether) {
  EXPECT_TRUE(holds(error_of(changed("store_dir: /s\n", "")), "graphs[0].artifacts: store_dir is missing"));
  const std::string artifacts =
      "    artifacts: { cdn: { url: \"https://cdn.test/shop\", token: t0ken, ca_file: /k/ca.pem } }\n";
  EXPECT_TRUE(starts(error_of(changed(artifacts, "")),
                     "admission.yaml:17:13: graphs[0].forbid: changes cannot be judged without graphs[0].artifacts"));
  EXPECT_TRUE(holds(error_of(changed(artifacts, "")), "graphs[0].windows: needs graphs[0].artifacts and store_dir"));
  EXPECT_TRUE(holds(error_of(changed(artifacts, "")), "graphs[0].freezes: needs graphs[0].artifacts and store_dir"));
  EXPECT_TRUE(holds(error_of(changed("https://cdn.test/shop", "http://cdn.test/shop")),
                    "graphs[0].artifacts.cdn.url: \"http://cdn.test/shop\" is plain http"));
  EXPECT_TRUE(holds(error_of(changed("\"https://cdn.test\", ", "\"http://cdn.test\", ")),
                    "cosmo.origins[0]: \"http://cdn.test\" is plain http"));
  EXPECT_TRUE(holds(error_of(changed("2027-01-02", "2026-01-02")), "graphs[0].freezes[0]: ends before it begins"));
  EXPECT_TRUE(holds(error_of(changed("[breaking,", "[braking,")), "graphs[0].forbid[0]: "));
  EXPECT_TRUE(holds(error_of(changed("[mon,", "[monday,")), "graphs[0].windows[0].days[0]: "));
  for (const char* wrong : {"9:30", "24:01", "09:60", "25:00", "0930", "09:3x", ""}) {
    EXPECT_TRUE(holds(error_of(changed("09:30", wrong)), "graphs[0].windows[0].from: ")) << wrong;
  }
}

TEST(AdmissionPolicy, Defaults) {
  const auto loaded = load_admission_policy({"a.yaml", R"(version: 1
secret_file: /k/hook
graphs: [{ name: g, environment: e, keys: [{ kid: r1, role: release, secret_file: /k/r1 }], allow: ["https://a.test"] }]
)"},
                                            test_sources());
  ASSERT_TRUE(loaded) << render(loaded.error()[0]);
  EXPECT_EQ(loaded->listen.host, "127.0.0.1");
  EXPECT_EQ(loaded->listen.port, 9443);
  EXPECT_TRUE(loaded->approve_kid.empty());
  EXPECT_EQ(loaded->graphs[0].max_subgraphs, 200u);
  EXPECT_EQ(loaded->graphs[0].approvers, 0u);
}

TEST(AdmissionPolicy, Refusals) {
  EXPECT_TRUE(
      starts(error_of(replaced("max_subgraphs", "max_subgraph")),
             "admission.yaml:15:5: graphs[0].max_subgraph: unknown key \"max_subgraph\"; did you mean max_subgraphs?"));
  EXPECT_TRUE(holds(error_of(replaced("[r1]", "[r2]")), "graphs[0].required_signers[0]: \"r2\" is not the kid"));
  EXPECT_TRUE(
      holds(error_of(replaced("approvers: 1", "approvers: 2")), "2 approve signatures are asked for and 1 keys"));
  EXPECT_TRUE(
      holds(error_of(replaced("kid: a1", "kid: r1")), "graphs[0].keys[1].kid: \"r1\" is the kid of graphs[0].keys[0]"));
  EXPECT_TRUE(holds(error_of(replaced("10.0.0.0/8", "10.0.0.1/8")), "graphs[0].allow[1]: "));
  EXPECT_TRUE(holds(error_of("version: 1\n"), "secret_file: is missing; write an absolute path"));
  EXPECT_TRUE(holds(error_of("version: 1\n"), "graphs: is missing; write a list"));
  const std::string twice = std::string(kPolicy) + std::string(kPolicy.substr(kPolicy.find("  - name")));
  EXPECT_TRUE(holds(error_of(twice), "graphs[1]: \"shop\" in \"production\" is described by graphs[0] already"));
}

}  // namespace
}  // namespace signet::config
