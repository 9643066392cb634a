// Any text as key, requirement or grant of a supergraph: refused with a reason, or usable in a plan.
//
// The input is cut at NUL bytes: key, requires, provides.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <string_view>

#include "router/json/writer.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/planning.hpp"

namespace {

// JSON's escapes are those of GraphQL strings.
std::string quoted(std::string_view text) {
  std::string out;
  signet::json::append_string(out, text);
  return out;
}

void replace(std::string& text, std::string_view what, const std::string& with) {
  const size_t at = text.find(what);
  if (at == std::string::npos) std::abort();
  text.replace(at, what.size(), with);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::array<std::string, 3> sets;
  for (std::string& set : sets) {
    const size_t end = rest.find('\0');
    set = quoted(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  std::string sdl = signet::testing::golden_supergraph("shop");
  replace(sdl, R"(key: "sku")", "key: " + sets[0]);
  replace(sdl, R"(requires: "price")", "requires: " + sets[1]);
  replace(sdl, R"(provides: "name")", "provides: " + sets[2]);
  const auto supergraph = signet::federation::load_supergraph(sdl);
  if (!supergraph) {
    if (supergraph.error().empty() || supergraph.error().front().message.empty()) std::abort();
    return 0;
  }
  const signet::testing::Planned planned = signet::testing::plan_text(
      *supergraph, "{ products { count value shipping verdict } latestReviews { product { name } } }");
  if (planned.error.find("unsound") != std::string::npos) std::abort();
  return 0;
}
