// Which key of the configuration becomes which key of the gate.
#include "router/app/trust_setup.hpp"

#include <gtest/gtest.h>

namespace signet::app {
namespace {

constexpr std::string_view kRelease = "q8Zr1vT4wLx0NcYb7JmKfHs2PdGe5UaX";
constexpr std::string_view kCosmo = "Sx9v-K2p_Qm4Zt7w+Yb1Nc6r/Dg3Hj8L";

std::expected<std::string, std::string> read_files(const std::string& path) {
  if (path == "/k/release") return std::string(kRelease) + "\n";
  if (path == "/k/cosmo" || path == "/k/audit") return std::string(kCosmo) + "\n";
  return std::unexpected(path + ": is not there");
}

config::Trust trust_with_both() {
  config::Trust trust;
  trust.keys.resize(2);
  trust.keys[0].kid = "release-1";
  trust.keys[0].secret_file = "/k/release";
  trust.keys[1].kid = "cosmo-1";
  trust.keys[1].format = config::KeyFormat::cosmo;
  trust.keys[1].secret_file = "/k/cosmo";
  trust.keys[1].not_after = WallTime(std::chrono::seconds(1'800'000'000));
  return trust;
}

TEST(TrustSetup, C9KeysOfBodiesAndOfStatementsStandApart) {
  const auto policy = read_trust_policy(trust_with_both(), "shop", "production", read_files);
  ASSERT_TRUE(policy);
  ASSERT_EQ(policy->keys.size(), 1u);
  EXPECT_EQ(policy->keys[0].kid, "release-1");
  ASSERT_EQ(policy->cosmo_keys.size(), 1u);
  EXPECT_EQ(policy->cosmo_keys[0].kid, "cosmo-1");
  EXPECT_EQ(as_text(policy->cosmo_keys[0].secret.view()), kCosmo);  // its characters, less the newline
  EXPECT_EQ(policy->cosmo_keys[0].not_after, WallTime(std::chrono::seconds(1'800'000'000)));
  EXPECT_EQ(policy->find("cosmo-1"), nullptr);
}

TEST(TrustSetup, ACosmoKeyIsOneLine) {
  const auto two_lines = [](const std::string& path) -> std::expected<std::string, std::string> {
    return path == "/k/cosmo" ? std::string(kCosmo) + "\n" + std::string(kRelease) + "\n" : read_files(path);
  };
  const auto policy = read_trust_policy(trust_with_both(), "shop", "production", two_lines);
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().front(), "trust.keys: cosmo-1: /k/cosmo has more than one line; Cosmo's sign key is one");
}

TEST(TrustSetup, C9TheKeyOfTheAuditLogIsNoneOfThem) {
  const auto policy = read_trust_policy(trust_with_both(), "shop", "production", read_files);
  ASSERT_TRUE(policy);
  const auto key = read_audit_key({.key_file = "/k/audit", .kid = "audit-1"}, *policy, read_files);
  ASSERT_FALSE(key);
  EXPECT_NE(key.error().find("is the key cosmo-1 of trust.keys"), std::string::npos) << key.error();
}

}  // namespace
}  // namespace signet::app
