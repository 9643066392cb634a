// URLs that the operator writes are read by the parser of the allowlist: one spelling, or an error at their place.
#include <fmt/format.h>
#include <functional>

#include "tests/unit/config-schema/fixture.hpp"
#include "tests/unit/router/http/url_corpus.hpp"

namespace signet::config {
namespace {

// In double quotes, whatever it holds.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '"' || c == '\\') {
      out += fmt::format("\\{}", c);
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string with_source(const std::string& source) {
  std::string text(kBase);
  return text.replace(text.find("{ file: /g.json }"), std::string_view("{ file: /g.json }").size(), source);
}

std::string with_admission(std::string_view url) {
  std::string text(kBase);
  return text.replace(text.find("https://admission.example/review"),
                      std::string_view("https://admission.example/review").size(), url);
}

struct Place {
  std::string path;
  std::function<std::string(const std::string& quoted_url)> yaml;
};

const std::vector<Place>& places() {
  static const std::vector<Place> all{
      {"graph.source.cdn.url", [](const std::string& url) { return with_source("{ cdn: { url: " + url + " } }"); }},
      {"graph.source.s3.endpoint",
       [](const std::string& url) {
         return with_source("{ s3: { endpoint: " + url + ", bucket: graphs, credentials_file: /k/aws } }");
       }},
      {"admission.url", [](const std::string& url) { return with_admission(url); }},
      {"telemetry.otlp.endpoint",
       [](const std::string& url) { return std::string(kBase) + "telemetry: { otlp: { endpoint: " + url + " } }\n"; }},
      {"subgraphs.allow[0]",
       [](const std::string& url) { return std::string(kBase) + "subgraphs: { allow: [" + url + "] }\n"; }},
  };
  return all;
}

TEST(OperatorUrls, EverySpellingThatTheAllowlistRefusesIsRefused) {  // D1 D4 D5 D6 D7 D8 D9 D10 D12 D13 D14 D15 D21
  for (const Place& place : places()) {
    size_t refused = 0;
    for (const http::UrlCase& row : http::kUrlCorpus) {
      if (row.verdict != http::malformed || row.url.empty()) continue;
      // A pattern of the list may be a wildcard.
      if (place.path == "subgraphs.allow[0]" && row.url.find('*') != std::string_view::npos) continue;
      const auto errors = errors_of(place.yaml(quoted(row.url)));
      EXPECT_FALSE(errors.empty()) << place.path << " " << row.url;
      ++refused;
    }
    EXPECT_GE(refused, 60u);
  }
}

TEST(OperatorUrls, GoodOnesAreTaken) {
  for (const Place& place : places()) {
    const auto errors = errors_of(place.yaml("\"https://good.example:8443\""));
    EXPECT_TRUE(errors.empty()) << place.path << ": " << (errors.empty() ? "" : errors.front());
  }
}

TEST(OperatorUrls, PlainHttpIsForLoopbackOnly) {  // D13
  for (const Place& place : places()) {
    if (place.path == "subgraphs.allow[0]") continue;  // what stands there is exactly what is meant
    const auto errors = errors_of(place.yaml("\"http://good.example\""));
    EXPECT_EQ(errors.empty(), place.path == "telemetry.otlp.endpoint") << place.path;
    EXPECT_TRUE(errors_of(place.yaml("\"http://127.0.0.1:4001\"")).empty()) << place.path;
  }
}

}  // namespace
}  // namespace signet::config
