#include "router/schema/schema_draft.hpp"

namespace signet::schema {

std::string SchemaDraft::coordinate(FieldId id) const {
  const Field& field = schema.fields[id];
  return fmt::format("{}.{}", schema.type_name(field.parent), name(field.name));
}

void SchemaDraft::error(std::string message, uint32_t offset) {
  errors_.push_back({offset, errors_.size(), std::move(message)});
}

std::vector<SchemaError> SchemaDraft::take_errors() {
  std::ranges::sort(errors_, [](const Found& a, const Found& b) {
    return std::pair(a.offset, a.order) < std::pair(b.offset, b.order);
  });
  if (errors_.size() > kErrorsMax) errors_.resize(kErrorsMax);
  std::vector<SchemaError> out;
  out.reserve(errors_.size());
  for (Found& found : errors_) out.push_back({std::move(found.message), document.position(found.offset)});
  return out;
}

}  // namespace signet::schema
