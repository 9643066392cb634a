// Invariants: every text is accepted or refused with places inside it, and nothing that a substitution brings in is
// ever told, neither by an error nor by explain.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "config-schema/admission_policy.hpp"
#include "config-schema/load.hpp"
#include "router/base/check.hpp"
#include "router/json/document.hpp"

using namespace signet;

namespace {

constexpr std::string_view kCanary = "c4n4ryc4n4ry";

void check_diagnostics(const std::vector<config::Diagnostic>& diagnostics, const config::SourceFile& file) {
  const auto lines = static_cast<uint32_t>(std::ranges::count(file.text, '\n')) + 1;
  for (const config::Diagnostic& diagnostic : diagnostics) {
    SIGNET_CHECK(diagnostic.line >= 1 && diagnostic.line <= lines && diagnostic.column >= 1);
    SIGNET_CHECK(!diagnostic.message.empty());
    SIGNET_CHECK(config::render(diagnostic).find(kCanary) == std::string::npos);
  }
  SIGNET_CHECK(json::Document::parse(config::render_json(diagnostics)).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const config::SourceFile file{"fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size)};
  if (file.text.find(kCanary) != std::string::npos) return 0;
  const config::SubstitutionSources sources{[](const std::string&) { return std::string(kCanary); },
                                            [](const std::string&) { return std::string(kCanary); }};
  for (const bool development : {false, true}) {
    const auto loaded = config::load({file}, sources, {.development = development});
    if (!loaded) {
      SIGNET_CHECK(!loaded.error().empty());
      check_diagnostics(loaded.error(), file);
      continue;
    }
    check_diagnostics(loaded->warnings, file);
    for (const config::Origin& origin : loaded->origins) {
      SIGNET_CHECK(json::Document::parse(origin.value).has_value());
      SIGNET_CHECK(origin.value.find(kCanary) == std::string::npos);
    }
    SIGNET_CHECK(config::load({file, file}, sources, {.development = development}).has_value());
  }
  const auto policy = config::load_admission_policy(file, sources);
  if (!policy) check_diagnostics(policy.error(), file);
  return 0;
}
