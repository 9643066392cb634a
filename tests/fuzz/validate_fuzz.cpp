// Whatever parses is validated; what is valid normalises, and the rebuilt text is a function of the operation.
#include <cstdlib>
#include <string_view>

#include "router/operation/operation_rebuilder.hpp"
#include "router/operation/prepare.hpp"
#include "tests/fuzz/front_schema.hpp"

using namespace signet;  // NOLINT(google-build-using-namespace): the file is one function

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto document = graphql::parse_executable({reinterpret_cast<const char*>(data), size});
  if (!document || !operation::validate(*document, front_schema()).empty()) return 0;
  for (size_t i = 0; i < document->operations.size() && i < 3; ++i) {
    for (const uint32_t mask : {0u, ~0u}) {
      const auto normalized = operation::normalize(*document, front_schema(), graphql::OperationId(i), mask, 5'000);
      if (!normalized) continue;
      for (const operation::SelectionSet& set : normalized->selection_sets) {
        if (set.classes.empty()) std::abort();
      }
      (void)operation::rebuild_operation(*normalized, front_schema());
    }
  }
  return 0;
}
