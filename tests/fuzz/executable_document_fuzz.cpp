// Parse, print, parse: the printed document parses and prints as itself. Measures must survive whatever parses.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "router/graphql/parser.hpp"
#include "router/graphql/printer.hpp"
#include "router/operation/limits.hpp"
#include "router/operation/prepare.hpp"

using namespace signet;  // NOLINT(google-build-using-namespace): the file is one function

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const auto document = graphql::parse_executable(source);
  if (!document) return 0;
  const std::string printed = graphql::print_executable(*document);
  const auto again = graphql::parse_executable(printed);
  if (!again || graphql::print_executable(*again) != printed) {
    std::fprintf(stderr, "printed text does not parse to itself: %s\n", printed.c_str());
    std::abort();
  }
  for (size_t i = 0; i < document->operations.size() && i < 3; ++i) {
    const graphql::OperationId operation(i);
    const operation::OperationMeasures measures = operation::measure(*document, operation);
    if (measures.expanded_selections < measures.root_fields || measures.root_fields == UINT64_MAX) continue;
    (void)operation::condition_variables(*document, operation);
    (void)operation::introspection_used(*document, operation);
  }
  return 0;
}
