// Any operation with any answers of subgraphs: the client gets well-formed JSON, and an object as data or null.
//
// The input is cut at NUL bytes: first the operation over the shop graph, then one answer for each request, the last
// one for all that follow.
#include <cstdint>

#include "tests/fuzz/run_answers.hpp"
#include "tests/support/golden.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto supergraph = signet::federation::load_supergraph(signet::testing::golden_supergraph("shop"));
  if (!supergraph) std::abort();
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const signet::testing::Planned planned = signet::testing::plan_text(*supergraph, signet::next_piece(rest));
  if (planned.plan) signet::run_answers(*supergraph, planned, rest);
  return 0;
}
