// Any type system document parses or is refused, and builds a schema or is refused, with positions inside the source.
#include <cstdlib>
#include <memory>
#include <string_view>

#include "router/graphql/parser.hpp"
#include "router/schema/schema_builder.hpp"

using namespace signet;  // NOLINT(google-build-using-namespace): the file is one function

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  auto document = graphql::parse_type_system(source);
  if (!document) return 0;
  const auto schema = schema::build_schema(
      *document, {.is_machinery = [](std::string_view name) { return name.find("__", 1) != std::string_view::npos; }});
  if (!schema) {
    if (schema.error().empty()) std::abort();
    return 0;
  }
  if (!schema->find_type("String") || !schema->find_any_type("__Schema")) std::abort();
  return 0;
}
