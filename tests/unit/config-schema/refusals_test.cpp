// What is refused of YAML itself, and how errors are told.
#include <gtest/gtest.h>

#include "tests/unit/config-schema/fixture.hpp"

namespace signet::config {
namespace {

std::string first_error(std::string text) {
  const auto loaded = load_text(std::move(text), {.development = true});
  if (loaded) return "accepted";
  return render(loaded.error().front());
}

TEST(YamlRefusals, Aliases) {
  const auto errors = errors_of("version: 1\nhttp: &a { status_policy: audit }\nerrors: *a\n", {.development = true});
  EXPECT_EQ(errors, (std::vector<std::string>{"http: anchors are refused; write the value where it is needed",
                                              "errors: aliases are refused; write the value here"}));
}

TEST(YamlRefusals, AnAliasBomb) {
  std::string text = "version: 1\na0: &a0 [x, x]\n";
  for (int i = 1; i < 40; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below + ", " + below + "]\n";
  }
  const auto errors = errors_of(text, {.development = true});
  ASSERT_GE(errors.size(), 3u);
  EXPECT_TRUE(holds(errors[1], "anchors are refused"));
}

TEST(YamlRefusals, MergeKeys) {
  EXPECT_TRUE(
      holds(first_error("version: 1\n<<: { introspection: true }\n"), "router.yaml:2:1: merge keys are refused"));
}

TEST(YamlRefusals, Tags) {
  EXPECT_TRUE(holds(first_error("version: !!int 1\n"), "the tag \"tag:yaml.org,2002:int\" is refused"));
  EXPECT_TRUE(holds(first_error("version: 1\nerrors: !x {}\n"), "is refused; the schema says which type"));
  EXPECT_TRUE(holds(first_error("%TAG ! tag:x,2000:\n---\nversion: 1\n"), "a directive; remove it"));
}

TEST(YamlRefusals, SeveralDocuments) {
  EXPECT_TRUE(holds(first_error("version: 1\n---\nversion: 1\n"), "router.yaml:2:1: a second document"));
  EXPECT_TRUE(holds(first_error("---\nversion: 1\n---\n"), "router.yaml:3:1: a second document"));
  EXPECT_TRUE(holds(first_error("version: 1\n...\nworkers: 2\n"), "an end-of-document mark"));
  EXPECT_EQ(first_error("# comment\n---\nversion: 1\n"), "accepted");
}

TEST(YamlRefusals, TextAfterTheDocument) {
  EXPECT_NE(first_error("{ version: 1 }\nworkers: 2\n"), "accepted");
  EXPECT_NE(first_error("version: 1\n%x\nworkers: 2\n"), "accepted");
  EXPECT_NE(first_error("version: 1\n]\nworkers: 2\n"), "accepted");
}

TEST(YamlRefusals, NoDocument) {
  for (std::string_view text : {"", "\n\n", "# only a comment\n", "---\n", ","}) {
    EXPECT_NE(first_error(std::string(text)), "accepted") << text;
  }
  EXPECT_TRUE(holds(first_error(""), "the file holds no document"));
  EXPECT_TRUE(holds(first_error("- a\n"), "not a map of keys"));
  EXPECT_TRUE(holds(first_error("text\n"), "not a map of keys"));
}

TEST(YamlRefusals, TabsAndOtherControls) {
  EXPECT_EQ(first_error("version: 1\nhttp:\n\tstatus_policy: audit\n"),
            "router.yaml:3:1: a tab; indent with spaces, and write \\t in a double-quoted value\n\tstatus_policy: "
            "audit\n^");
  EXPECT_TRUE(holds(first_error(std::string("version: 1\n\x04workers: 2\n")), "the control character 0x04"));
  EXPECT_TRUE(holds(first_error(std::string("version: 1\n\0", 12)), "the control character 0x00"));
  EXPECT_EQ(first_error("version: 1\r\nworkers: 2\r\n"), "accepted");
}

TEST(YamlRefusals, ByteOrderMarksAndOtherEncodings) {
  EXPECT_TRUE(holds(first_error("\xEF\xBB\xBFversion: 1\n"), "byte-order mark"));
  EXPECT_TRUE(holds(first_error(std::string("\xFF\xFEv\0", 4)), "byte-order mark"));
  EXPECT_TRUE(holds(first_error("version: 1\n# caf\xE9\n"), "router.yaml:2:1: the line is not UTF-8"));
}

TEST(YamlRefusals, DuplicateKeys) {
  EXPECT_TRUE(holds(first_error("version: 1\nlimits:\n  depth: 1\n  \"depth\": 2\n"),
                    "router.yaml:4:3: limits.depth: the key stands here a second time; the first is on line 3"));
}

TEST(YamlRefusals, KeysThatAreNoText) {
  EXPECT_TRUE(holds(first_error("version: 1\n? [a]\n: 1\n"), "a key must be plain text"));
  EXPECT_TRUE(holds(first_error("version: 1\nnull: 1\n"), "a key is missing or null"));
}

TEST(YamlRefusals, DeepNesting) {
  EXPECT_TRUE(holds(first_error("version: 1\na: " + std::string(64, '[') + std::string(64, ']') + "\n"),
                    "nested more than 64 deep"));
  EXPECT_NE(first_error("a: " + std::string(500'000, '[')), "accepted");
}

TEST(YamlRefusals, LargeFiles) {
  EXPECT_TRUE(holds(first_error("version: 1\n#" + std::string(1u << 20, 'x')), "at most 1048576 are allowed"));
}

TEST(YamlRefusals, BrokenSyntaxHasAPlace) {
  EXPECT_TRUE(holds(first_error("version: 1\nlimits: { depth: 1\n"), "not valid YAML: "));
  EXPECT_TRUE(starts(first_error("version: 1\nlimits: [}\n"), "router.yaml:2:10: not valid YAML: "));
}

TEST(YamlRefusals, FilesThatCannotBeParsedDoNotHideEachOther) {
  const auto loaded = load({{"a.yaml", "a: ["}, {"b.yaml", "\tb: 1\n"}}, test_sources());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), 2u);
}

TEST(Errors, AllAtOnceInFileOrder) {
  const auto loaded = load_text(R"(version: 2
listen: { graphql: localhost:4000 }
limits:
  dept: 3
  depth: 04
introspection: yes
workers: "ä"
trust: { keys: [{ kid: a, role: release, secret_file: /a }] }
)");
  ASSERT_FALSE(loaded);
  std::vector<std::string> texts;
  for (const Diagnostic& error : loaded.error()) texts.push_back(render(error));
  EXPECT_EQ(
      texts,
      (std::vector<std::string>{
          "router.yaml:1:1: graph: is missing; write a map {name, environment, source, fallback, state_dir}\nversion: "
          "2\n^",
          "router.yaml:1:1: admission: nothing approves new graphs; there are two ways out: write `admission: {url, "
          "secret_file}` for a webhook, or add a key with `role: approve` to trust.keys\nversion: 2\n^",
          "router.yaml:1:10: version: \"2\" is out of range; write 1\nversion: 2\n         ^",
          "router.yaml:2:20: listen.graphql: \"localhost:4000\": the host is not an IP address; write ADDRESS:PORT as "
          "in "
          "0.0.0.0:4000 or [::1]:4000, or unix:/path\nlisten: { graphql: localhost:4000 }\n                   ^",
          "router.yaml:4:3: limits.dept: unknown key \"dept\"; did you mean depth?\n  dept: *\n  ^",
          "router.yaml:5:10: limits.depth: \"04\" is not a whole number; write digits without a leading zero, as in "
          "4000; "
          "allowed: a whole number from 1 to 500, or off, or a map {max, mode}\n  depth: 04\n         ^",
          "router.yaml:6:16: introspection: \"yes\" is not a boolean; write true or false\nintrospection: yes\n        "
          "  "
          "     ^",
          "router.yaml:7:10: workers: \"ä\" is not a whole number; write digits without a leading zero, as in 4000; "
          "allowed: auto, or a whole number from 1 to 1024\nworkers: \"ä\"\n         ^"}));
}

TEST(Errors, AsJson) {
  const auto loaded = load_text("version: 1\nworkers: \"q\"\n", {.development = true});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(render_json(loaded.error()),
            R"([{"file":"router.yaml","line":2,"column":10,"path":"workers","message":"\"q\" is not a whole number; )"
            R"(write digits without a leading zero, as in 4000; allowed: auto, or a whole number from 1 to 1024",)"
            R"("source_line":"workers: \"q\""}])");
}

TEST(Errors, ColumnsCountCharacters) {
  EXPECT_TRUE(holds(first_error("version: 1\nerrors: { allow_codes: [\"ä\", ok, b c] }\n"), "router.yaml:2:25: "));
  const auto loaded = load_text("version: 1\nsubgraphs: { \"ä\": {}, allow: [q] }\n", {.development = true});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().at(1).column, 31u);
}

TEST(Errors, TypoHints) {
  EXPECT_TRUE(holds(error_with("limts: {}\n"), "did you mean limits?"));
  EXPECT_TRUE(holds(error_with("csfr: {}\n"), "did you mean csrf?"));
  EXPECT_TRUE(holds(error_with("limits: { toknes: 1 }\n"), "did you mean tokens?"));
  EXPECT_TRUE(holds(error_with("limits: { something: 1 }\n"), "known here: depth, height"));
  EXPECT_TRUE(holds(error_with("aut: 1\n"), "did you mean auth?"));
}

TEST(Errors, NeverShowSecrets) {
  const std::string bad =
      "version: 1\ngraph: { name: \"a b\", environment: e, source: { cdn: { token: \"s3cr3t x\", url: "
      "\"https://user:hunter2@x/\", tokn: s3cr3t, push: { secret: s3cr3t } } } }\n"
      "admission: { url: \"http://u:hunter2/x@h:80/\", secret_file: \"${file:/secrets/token}\" }\n"
      "subgraphs: { allow: [\"https://u:hunter2@h\"] }\n"
      "auth: { password: s3cr3t }\n";
  const auto loaded = load_text(bad, {.development = true});
  ASSERT_FALSE(loaded);
  EXPECT_GE(loaded.error().size(), 7u);
  for (const Diagnostic& error : loaded.error()) {
    EXPECT_FALSE(holds(render(error), "s3cr3t"));
    EXPECT_FALSE(holds(render(error), "hunter2"));
  }
}

TEST(Errors, BrokenFilesDoNotShowLikelySecrets) {
  EXPECT_FALSE(holds(first_error("version: 1\ngraph: { token: s3cr3t, ]\n"), "s3cr3t"));
  EXPECT_FALSE(holds(first_error("version: 1\n\tmy_password: s3cr3t\n"), "s3cr3t"));
}

TEST(Errors, AreCapped) {
  std::string text = "version: 1\nlimits:\n";
  for (int i = 0; i < 1000; ++i) text += "  unknown_" + std::to_string(i) + ": 1\n";
  const auto loaded = load_text(text, {.development = true});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), 201u);
  EXPECT_TRUE(holds(loaded.error().back().message, "there are more than 200 errors"));
}

}  // namespace
}  // namespace signet::config
