#include "router/base/limits.hpp"
#include "router/operation/validation.hpp"

namespace signet::operation {

void ValidationErrors::add(ErrorCode code, std::string message, uint32_t offset) {
  if (full()) return;
  errors_.push_back({.code = code, .message = std::move(message), .positions = {document_->position(offset)}});
}

bool ValidationErrors::full() const {
  return errors_.size() >= limits::kValidationErrorsMax;
}

Validation::Validation(const graphql::Document& the_document, const schema::Schema& the_schema)
    : document(the_document), schema(the_schema), fragments(the_document), errors(the_document) {
  parent_types.resize(document.selections.size());
  fields.resize(document.selections.size());
  operation_facts.resize(document.operations.size());
  fragment_facts.resize(document.fragments.size());
  last_spread_by.resize(document.fragments.size());
}

std::string quoted(std::string_view name) {
  constexpr size_t kBytesMax = 64;
  if (name.size() <= kBytesMax) return fmt::format("\"{}\"", name);
  return fmt::format("\"{}…\"", name.substr(0, kBytesMax));
}

std::vector<DocumentError> validate(const graphql::Document& document, const schema::Schema& schema) {
  Validation validation(document, schema);
  check_definitions(validation);
  check_selections(validation);
  check_fragment_cycles(validation);
  check_variables(validation);
  if (validation.errors.empty()) check_subscription_roots(validation);
  if (validation.errors.empty()) check_overlaps(validation);
  return validation.errors.take();
}

}  // namespace signet::operation
