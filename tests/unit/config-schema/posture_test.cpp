// What `signet check --posture` calls weak.
#include "config-schema/posture.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include "tests/unit/config-schema/fixture.hpp"

namespace signet::config {
namespace {

constexpr std::string_view kRelease = "{ kid: r1, role: release, secret_file: /k/r1 }";
constexpr std::string_view kEd25519Approve = "{ kid: a1, alg: Ed25519, role: approve, public_key_file: /k/a1.pub }";
constexpr std::string_view kHmacApprove = "{ kid: a2, role: approve, secret_file: /k/a2 }";
constexpr std::string_view kEd25519Release = "{ kid: r2, alg: Ed25519, role: release, public_key_file: /k/r2.pub }";

std::vector<std::string> codes(const Loaded& loaded) {
  std::vector<std::string> out;
  for (const Weakness& weakness : posture(loaded)) out.push_back(weakness.code + " " + weakness.path);
  return out;
}

// The posture of these keys, with a webhook that shares a secret.
std::vector<std::string> posture_of(const std::vector<std::string_view>& keys, std::string_view more = "") {
  std::string text =
      "version: 1\nlisten: { graphql: 0.0.0.0:4000 }\n"
      "graph: { name: shop, environment: production, source: { file: /g.json }, state_dir: /s }\n"
      "admission: { url: https://admission.example/review, secret_file: /k/admission }\ntrust:\n  keys:\n";
  for (std::string_view key : keys) text += "    - " + std::string(key) + "\n";
  const auto loaded = load_text(text + std::string(more));
  if (loaded) return codes(*loaded);
  for (const Diagnostic& error : loaded.error()) ADD_FAILURE() << render(error);
  return {};
}

const std::vector<std::string> kStrong;
const std::vector<std::string> kWeak{"hmac_alone trust.keys"};

TEST(Posture, HmacAloneIsWeak) {
  EXPECT_EQ(posture_of({kRelease}), kWeak);
  EXPECT_EQ(posture_of({kRelease, kHmacApprove}), kWeak);
  EXPECT_EQ(posture_of({kRelease, kEd25519Approve}), kStrong);
}

TEST(Posture, AnEd25519KeyThatIsNotNeededDoesNotHelp) {
  EXPECT_EQ(posture_of({kRelease, kEd25519Approve, kHmacApprove}), kWeak);
  EXPECT_EQ(posture_of({kRelease, kEd25519Release}), kWeak);
  EXPECT_EQ(posture_of({kRelease, kEd25519Release}, "  required_roles: [release, release, approve]\n"), kStrong);
  EXPECT_EQ(posture_of({kRelease, kEd25519Approve}, "  revoked: [a1]\n"), kWeak);
}

TEST(Posture, TellsPlaceReasonAndRemedy) {
  const auto found = posture(load_good(""));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].file, "router.yaml");
  EXPECT_EQ(found[0].line, 4u);
  EXPECT_TRUE(holds(found[0].message, "every router")) << found[0].message;
  EXPECT_TRUE(holds(found[0].message, "signet keygen ed25519")) << found[0].message;
  EXPECT_TRUE(render_posture(found).starts_with("router.yaml:4: weak: trust.keys: ")) << render_posture(found);
  EXPECT_TRUE(
      render_posture_json(found).starts_with(R"({"weak":true,"weaknesses":[{"code":"hmac_alone","path":"trust.keys")"));
  EXPECT_EQ(render_posture_json({}), "{\"weak\":false,\"weaknesses\":[]}\n");
}

TEST(Posture, EveryUnsafeKeyInUseIsNamed) {
  Loaded loaded = load_good("");
  const auto origin = [](std::string path, std::string value, std::string standard) {
    return Origin{.path = std::move(path),
                  .value = std::move(value),
                  .default_value = std::move(standard),
                  .file = "router.yaml",
                  .line = 7,
                  .description = "Records denials."};
  };
  loaded.origins = {origin("admission.unsafe_audit_only", "true", "false"),
                    origin("admission.unsafe_ignore_failures", "false", "false"),
                    origin("trust.unsafe_compat", "\"cosmo\"", "null"),
                    origin("listen.unsafe_x", "null", "null"),
                    origin("subgraphs.unsafe_like", "{}", "{}"),
                    origin("limits.depth", "7", "20")};
  EXPECT_EQ(codes(loaded),
            (std::vector<std::string>{"unsafe_key admission.unsafe_audit_only", "unsafe_key trust.unsafe_compat"}));
  EXPECT_TRUE(holds(posture(loaded)[0].message, "Records denials.")) << posture(loaded)[0].message;
}

TEST(Posture, DevelopmentHasNoKeysToJudge) {
  const auto loaded = load_text("version: 1\n", {.development = true});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(codes(*loaded), kStrong);
}

}  // namespace
}  // namespace signet::config
