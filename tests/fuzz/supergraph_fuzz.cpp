// Any text as a supergraph: refused with reasons or loaded, and what is loaded can be planned on.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tests/support/planning.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto supergraph = signet::federation::load_supergraph(text);
  if (!supergraph) {
    if (supergraph.error().empty()) std::abort();
    return 0;
  }
  // The verifier runs inside; an unsound plan would be a PLAN_FAILED that says so.
  for (std::string_view operation : {"{ __typename }", "{ product(id: 1) { name value verdict } summary { total } }",
                                     "{ book { translations author { born } } found { __typename } }"}) {
    const signet::testing::Planned planned = signet::testing::plan_text(*supergraph, operation);
    if (planned.error.find("unsound") != std::string::npos) std::abort();
  }
  return 0;
}
