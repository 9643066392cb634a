// Sealed values: opened at their own place and nowhere else, told of without a piece of them, sealed anew in place.
#include "config-schema/sealed_value.hpp"

#include <array>

#include "config-schema/reseal.hpp"
#include "tests/unit/config-schema/fixture.hpp"

namespace signet::config {
namespace {

// Sealed by Python's cryptography 38 (HKDF, AESGCM) with the nonces 00 01 … 0b and so on.
constexpr std::string_view kMasterKey1 = "q8Zr1vT4wLx0NcYb7JmKfHs2PdGe5UaX";
constexpr std::string_view kMasterKey2 = "second-master-key-of-32-bytes-or-more";
constexpr std::string_view kToken1 = "sealed:v1:AAECAwQFBgcICQoL0IiguxhfgNpJ47zDhSlt5PjoDQCflrQ9iL6PHQQ";
constexpr std::string_view kToken2 = "sealed:v1:DA0ODxAREhMUFRYX3ulNrQNzCNVNnJMXAd1p34l9IgK_61dxvEJx0cc";
constexpr std::string_view kOrigin1 = "sealed:v1:GBkaGxwdHh8gISIj5aEIhw66U7Kq9tk9pBXZRDc1AKXHvUNB0NDwF7l9DOGuCoN7JFs";
constexpr std::string_view kTokenWithSpace = "sealed:v1:JCUmJygpKissLS4vjAweh7pqWCFzm4XL9UDvpJDg4gWuGE6hKISz";

crypto::SecretBytes secret(std::string_view text) {
  return crypto::SecretBytes(as_bytes(text));
}

const SealedPlace kPlace{"shop", "production", "graph.source.cdn.token"};

std::expected<crypto::SecretBytes, std::string> open_with(std::string_view master, const SealedPlace& place,
                                                          std::string_view text) {
  const std::array masters{secret(master)};
  return open_sealed(masters, place, text);
}

SubstitutionSources key_files() {
  return {[](const std::string&) { return std::optional<std::string>(kToken1); },
          [](const std::string& path) -> std::optional<std::string> {
            if (path == "/k/master") return std::string(kMasterKey1);
            if (path == "/k/master2") return std::string(kMasterKey2);
            if (path == "/k/short") return "31-bytes-are-one-byte-too-few--";
            if (path == "/k/sealed") return std::string(kToken1);
            return std::nullopt;
          }};
}

// kBase with a CDN whose token is `token`, and `secrets`.
std::string yaml(std::string_view token, std::string_view secrets = "secrets: { master_key_file: /k/master }\n",
                 std::string_view name = "shop") {
  return "version: 1\nlisten: { graphql: 0.0.0.0:4000 }\ngraph:\n  name: " + std::string(name) +
         "\n  environment: production\n  state_dir: /s\n  source:\n    cdn:\n      url: https://cdn.example/shop\n" +
         "      token: " + std::string(token) +
         "  # of the CDN\ntrust: { keys: [{ kid: r1, role: release, secret_file: /k/r1 }] }\n"
         "admission: { url: https://admission.example/review, secret_file: /k/admission }\n" +
         std::string(secrets);
}

std::expected<Loaded, std::vector<Diagnostic>> load_yaml(std::string text) {
  return load({{"router.yaml", std::move(text)}}, key_files());
}

// Every error as it is printed, and as JSON.
std::string told(std::string text) {
  const auto loaded = load_yaml(std::move(text));
  if (loaded) return "accepted";
  std::string all = render_json(loaded.error());
  for (const Diagnostic& error : loaded.error()) all += render(error) + "\n";
  return all;
}

TEST(SealedValue, OpensWhatAnotherProgramSealed) {
  const auto value = open_with(kMasterKey1, kPlace, kToken1);
  ASSERT_TRUE(value) << value.error();
  EXPECT_EQ(as_text(value->view()), "hunter2-token");
}

TEST(SealedValue, OpensWhatItSealedAndNoTwoAreEqual) {
  const auto one = seal(secret(kMasterKey1), kPlace, "hunter2-token");
  const auto two = seal(secret(kMasterKey1), kPlace, "hunter2-token");
  ASSERT_TRUE(one && two);
  EXPECT_NE(*one, *two);
  EXPECT_EQ(as_text(open_with(kMasterKey1, kPlace, *one)->view()), "hunter2-token");
  EXPECT_EQ(one->find("hunter2"), std::string::npos);
}

TEST(SealedValue, EveryPartOfThePlaceCounts) {
  for (const SealedPlace& other :
       {SealedPlace{"shop2", "production", kPlace.key}, SealedPlace{"shop", "staging", kPlace.key},
        SealedPlace{"shop", "production", "graph.fallback.cdn.token"}, SealedPlace{"shop", "production", ""}}) {
    EXPECT_FALSE(open_with(kMasterKey1, other, kToken1)) << other.graph << other.environment << other.key;
  }
  EXPECT_FALSE(open_with(kMasterKey2, kPlace, kToken1));
}

TEST(SealedValue, EveryAlterationAndEveryCutIsRefused) {
  for (size_t at = 0; at < kToken1.size(); ++at) {
    EXPECT_FALSE(open_with(kMasterKey1, kPlace, kToken1.substr(0, at))) << at;
    for (const char other : {'A', 'B', '.', '\n', '='}) {
      std::string text(kToken1);
      if (text[at] == other) continue;
      text[at] = other;
      EXPECT_FALSE(open_with(kMasterKey1, kPlace, text)) << at << other;
    }
  }
  EXPECT_FALSE(open_with(kMasterKey1, kPlace, std::string(kToken1) + "="));
  EXPECT_FALSE(open_with(kMasterKey1, kPlace, std::string(kToken1) + "A"));
  EXPECT_FALSE(open_with(kMasterKey1, kPlace, "sealed:v1:" + std::string(200'000, 'A')));
}

TEST(SealedValue, WhatCannotBeSealed) {
  EXPECT_FALSE(seal(secret(kMasterKey1), kPlace, ""));
  EXPECT_FALSE(seal(secret(kMasterKey1), kPlace, std::string(kSealedValueBytesMax + 1, 'x')));
  EXPECT_TRUE(seal(secret(kMasterKey1), kPlace, std::string(kSealedValueBytesMax, 'x')));
  EXPECT_FALSE(seal(secret(kMasterKey1), {"a/b", "production", "k"}, "x"));
  EXPECT_FALSE(seal(secret(kMasterKey1), {"shop", "", "k"}, "x"));
}

TEST(SealedValue, LongestOpensAgain) {
  const std::string value(kSealedValueBytesMax, 'x');
  EXPECT_EQ(as_text(open_with(kMasterKey1, kPlace, *seal(secret(kMasterKey1), kPlace, value))->view()), value);
}

TEST(SealedConfiguration, ValuesStandInTheirPlaces) {
  const auto loaded =
      load_yaml(yaml(kToken1) + "cors: { origins: [\"https://a.example\", \"" + std::string(kOrigin1) + "\"] }\n");
  ASSERT_TRUE(loaded) << render(loaded.error().front());
  EXPECT_EQ(loaded->config.graph.source.cdn->token, "hunter2-token");
  EXPECT_EQ(loaded->config.cors.origins.at(1), "https://sealed.example");
  ASSERT_EQ(loaded->files.size(), 1u);
  EXPECT_EQ(loaded->files[0].path, "/k/master");
  for (const Origin& origin : loaded->origins) {
    EXPECT_EQ(origin.value.find("sealed.example"), std::string::npos) << origin.path;
    EXPECT_EQ(origin.value.find("hunter2"), std::string::npos) << origin.path;
  }
}

TEST(SealedConfiguration, TwoMasterKeysOpenDuringRotation) {
  constexpr std::string_view kBoth = "secrets: { master_key_file: /k/master2, previous_master_key_file: /k/master }\n";
  for (const std::string_view token : {kToken1, kToken2}) {
    const auto loaded = load_yaml(yaml(token, kBoth));
    ASSERT_TRUE(loaded) << render(loaded.error().front());
    EXPECT_EQ(loaded->config.graph.source.cdn->token, "hunter2-token");
  }
  EXPECT_FALSE(load_yaml(yaml(kToken1, "secrets: { master_key_file: /k/master2 }\n")));
}

TEST(SealedConfiguration, MistakesHaveAPlaceAndShowNothing) {
  struct Case {
    std::string text, place, says;
  };
  const std::string cut(kToken1.substr(0, 30));
  std::string altered(kToken1);
  altered[30] = altered[30] == 'x' ? 'y' : 'x';
  const std::string moved =
      yaml("none") + "cors: { origins: [\"" + std::string(kOrigin1) + "\"] }\n";  // sealed for the second
  const Case cases[] = {
      {yaml(kToken1, "secrets: { master_key_file: /k/master2 }\n"), "router.yaml:10:14: graph.source.cdn.token",
       "another master key"},
      {yaml(cut), "router.yaml:10:14: graph.source.cdn.token", "no whole sealed value"},
      {yaml(altered), "router.yaml:10:14: graph.source.cdn.token", "was altered"},
      {yaml("sealed:v2:AAAA"), "router.yaml:10:14: graph.source.cdn.token", "a version that this one"},
      {yaml(kToken1, "secrets: { master_key_file: /k/master }\n", "other"), "router.yaml:10:14: graph.source.cdn.token",
       "another place"},
      {moved, "router.yaml:14:19: cors.origins[0]", "another place"},
      {yaml(kToken1, ""), "router.yaml:10:14: graph.source.cdn.token", "secrets.master_key_file"},
      {yaml(kToken1, "secrets: { master_key_file: /k/none }\n"), "router.yaml:13:29: secrets.master_key_file",
       "cannot be read"},
      {yaml(kToken1, "secrets: { master_key_file: /k/short }\n"), "router.yaml:13:29: secrets.master_key_file",
       "31 bytes"},
      {yaml(kTokenWithSpace), "router.yaml:10:14: graph.source.cdn.token", "does not fit"},
  };
  for (const Case& bad : cases) {
    const std::string said = told(bad.text);
    EXPECT_TRUE(holds(said, bad.place + ": "));
    EXPECT_TRUE(holds(said, bad.says));
    for (const std::string_view hidden :
         {std::string_view("hunter2"), std::string_view("with space"), kMasterKey1, kMasterKey2,
          std::string_view("31-bytes-are"), kToken1.substr(10), std::string_view("sealed.example")}) {
      EXPECT_EQ(said.find(hidden), std::string::npos) << hidden << "\n" << said;
    }
  }
}

// As with every substitution, what was brought in is not looked at again: an environment cannot bring sealed values.
TEST(SealedConfiguration, WhatASubstitutionBringsInIsNotOpened) {
  for (const std::string_view from : {"\"${env:TOKEN}\"", "\"${file:/k/sealed}\""}) {
    EXPECT_TRUE(holds(told(yaml(from)), "graph.source.cdn.token: the value does not fit")) << from;  // it has colons
  }
}

TEST(Reseal, KeepsEveryOtherByte) {
  const std::string before = "# first\n" + yaml(std::string("'") + std::string(kToken1) + "'") +
                             "cors:   { origins: [ \"https://a.example\",\"" + std::string(kOrigin1) +
                             "\" ] } # \xC3\xA9 sealed:v1:AAAA\r\n";
  const auto resealed = reseal({{"router.yaml", before}}, key_files(), secret(kMasterKey1), secret(kMasterKey2));
  ASSERT_TRUE(resealed) << render(resealed.error().front());
  EXPECT_EQ(resealed->values, 2u);
  std::string after = resealed->files[0].text;
  for (const auto& [key, old] :
       {std::pair("graph.source.cdn.token", kToken1), std::pair("cors.origins[1]", kOrigin1)}) {
    const size_t at = before.find(old);
    const std::string fresh = after.substr(at, old.size());
    EXPECT_TRUE(open_with(kMasterKey2, {"shop", "production", key}, fresh)) << key;
    EXPECT_FALSE(open_with(kMasterKey1, {"shop", "production", key}, fresh)) << key;
    after.replace(at, old.size(), old);
  }
  EXPECT_EQ(after, before);
}

TEST(Reseal, TakesGraphAndEnvironmentFromAllLayers) {
  const std::vector<SourceFile> layers{
      {"base.yaml", "graph: { source: { cdn: { token: " + std::string(kToken1) + " } } }\n"},
      {"shop.yaml", "graph: { name: shop, environment: production }\n"}};
  const auto resealed = reseal(layers, key_files(), secret(kMasterKey1), secret(kMasterKey2));
  ASSERT_TRUE(resealed) << render(resealed.error().front());
  EXPECT_EQ(resealed->values, 1u);
  EXPECT_EQ(resealed->files[1].text, layers[1].text);
}

TEST(Reseal, WhatIsDoneAlreadyIsLeftAlone) {
  const std::string text = yaml(kToken2);
  const auto resealed = reseal({{"router.yaml", text}}, key_files(), secret(kMasterKey1), secret(kMasterKey2));
  ASSERT_TRUE(resealed) << render(resealed.error().front());
  EXPECT_EQ(resealed->values, 0u);
  EXPECT_EQ(resealed->files[0].text, text);
}

TEST(Reseal, OneThatDoesNotOpenIsAnErrorForAll) {
  const std::string text = yaml(kToken1) + "cors: { origins: [\"" + std::string(kToken1) + "\"] }\n";
  const auto resealed = reseal({{"router.yaml", text}}, key_files(), secret(kMasterKey1), secret(kMasterKey2));
  ASSERT_FALSE(resealed);
  ASSERT_EQ(resealed.error().size(), 1u);
  const std::string said = render(resealed.error()[0]);
  EXPECT_TRUE(starts(said, "router.yaml:14:19: cors.origins[0]: "));
  EXPECT_EQ(said.find(kToken1.substr(10)), std::string::npos);
}

TEST(Reseal, ValuesOverSeveralLinesAreRefused) {
  const std::string text = yaml("|-\n        " + std::string(kToken1) + "\n     ");
  const auto resealed = reseal({{"router.yaml", text}}, key_files(), secret(kMasterKey1), secret(kMasterKey2));
  ASSERT_FALSE(resealed);
  EXPECT_TRUE(holds(render(resealed.error()[0]), "on the line of its key"));
}

}  // namespace
}  // namespace signet::config
