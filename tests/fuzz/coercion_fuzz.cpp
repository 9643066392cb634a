// A document, a zero byte, and variables: what is coerced is valid JSON, and coercing it again changes nothing.
#include <cstdlib>
#include <string_view>

#include "router/json/document.hpp"
#include "router/json/writer.hpp"
#include "router/operation/coercion.hpp"
#include "tests/fuzz/front_schema.hpp"

using namespace signet;  // NOLINT(google-build-using-namespace): the file is one function

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t split = input.find('\0');
  if (split == std::string_view::npos) return 0;
  const auto document = graphql::parse_executable(input.substr(0, split));
  if (!document || document->operations.size() != 1) return 0;
  if (!operation::validate(*document, front_schema()).empty()) return 0;
  const graphql::OperationId id(0);
  const auto coerced = operation::coerce_variables(*document, front_schema(), id, input.substr(split + 1));
  if (!coerced) return 0;
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  size_t index = 0;
  for (auto [unused, definition] : document->each((*document)[id].first_variable)) {
    const operation::CoercedVariable& variable = coerced->values[index++];
    if (!variable.present) continue;
    if (!json::Document::parse(variable.json)) std::abort();
    writer.key(definition.name).raw(variable.json);
  }
  writer.end_object();
  const auto again = operation::coerce_variables(*document, front_schema(), id, text);
  if (!again) std::abort();
  for (size_t i = 0; i < coerced->values.size(); ++i) {
    if (again->values[i].json != coerced->values[i].json) std::abort();
  }
  return 0;
}
