// What the tests of config-schema share: loading a text, and a base file that is good.
#pragma once

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config-schema/load.hpp"

namespace signet::config {

/// A good file that tests add keys to.
inline constexpr std::string_view kBase = R"(version: 1
listen: { graphql: 0.0.0.0:4000 }
graph: { name: shop, environment: production, source: { file: /g.json }, state_dir: /s }
trust: { keys: [{ kid: r1, role: release, secret_file: /k/r1 }] }
admission: { url: https://admission.example/review, secret_file: /k/admission }
)";

/// The environment and files of field report 28.
inline SubstitutionSources test_sources() {
  static const std::map<std::string, std::string> environment = {
      {"X", "v"},    {"H", "h.test"}, {"P", "4000"},  {"N", "${env:X}"}, {"M", "a\nadmin: {enabled: true}"},
      {"EMPTY", ""}, {"T", "true"},   {"BAD", "\xFF"}};
  static const std::map<std::string, std::string> files = {{"/secrets/token", "s3cr3t"}, {"/secrets/x", "${env:X}"}};
  const auto look_up = [](const std::map<std::string, std::string>& in) {
    return [&in](const std::string& name) -> std::optional<std::string> {
      const auto found = in.find(name);
      return found == in.end() ? std::nullopt : std::optional(found->second);
    };
  };
  return {look_up(environment), look_up(files)};
}

inline std::expected<Loaded, std::vector<Diagnostic>> load_text(std::string text, const LoadOptions& options = {}) {
  return load({{"router.yaml", std::move(text)}}, test_sources(), options);
}

/// kBase and `keys`; fails the test when that is refused.
inline Loaded load_good(std::string_view keys, const LoadOptions& options = {}) {
  auto loaded = load_text(std::string(kBase) + std::string(keys), options);
  if (loaded) return std::move(*loaded);
  for (const Diagnostic& error : loaded.error()) ADD_FAILURE() << keys << "\n" << render(error);
  return {};
}

/// "path: message" of each error of `text`; empty when it is accepted.
inline std::vector<std::string> errors_of(std::string text, const LoadOptions& options = {}) {
  std::vector<std::string> out;
  auto loaded = load_text(std::move(text), options);
  if (loaded) return out;
  for (const Diagnostic& error : loaded.error()) out.push_back(error.path + ": " + error.message);
  return out;
}

/// The one error of kBase and `keys`, as "path: message".
inline std::string error_with(std::string_view keys, const LoadOptions& options = {}) {
  const auto errors = errors_of(std::string(kBase) + std::string(keys), options);
  if (errors.size() == 1) return errors.front();
  std::string all = std::to_string(errors.size()) + " errors";
  for (const std::string& error : errors) all += "\n" + error;
  return all;
}

/// For EXPECT_TRUE: says what was there instead.
inline testing::AssertionResult holds(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess() << part;
  return testing::AssertionFailure() << "[" << text << "] does not hold [" << part << "]";
}
inline testing::AssertionResult starts(const std::string& text, const std::string& part) {
  if (text.starts_with(part)) return testing::AssertionSuccess() << part;
  return testing::AssertionFailure() << "[" << text << "] does not start with [" << part << "]";
}

inline std::string source_path(const std::string& name) {
  const char* folder = std::getenv("SIGNET_SOURCE_DIR");
  return (folder == nullptr ? std::string(".") : std::string(folder)) + "/" + name;
}

inline std::string read_source(const std::string& name) {
  std::ifstream stream(source_path(name), std::ios::binary);
  EXPECT_TRUE(stream.is_open()) << name << ": run under ctest, or set SIGNET_SOURCE_DIR";
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace signet::config
