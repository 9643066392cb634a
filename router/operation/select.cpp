// Which operation of a document runs, and which variables decide its conditions.
// Spec: https://spec.graphql.org/September2025/#GetOperation()
#include "router/operation/document_facts.hpp"
#include "router/operation/prepare.hpp"

namespace signet::operation {

using graphql::DirectiveId;
using graphql::Document;
using graphql::OperationId;
using graphql::Selection;
using graphql::SelectionId;

namespace {

constexpr size_t kConditionsMax = 32;

}  // namespace

std::expected<OperationId, DocumentError> select_operation(const Document& document, std::string_view name) {
  const auto fail = [](std::string message) {
    return std::unexpected(DocumentError{ErrorCode::OPERATION_RESOLUTION_FAILURE, std::move(message), {}});
  };
  if (name.empty()) {
    if (document.operations.size() == 1) return OperationId(0);
    return fail(document.operations.empty() ? "the document has no operation"
                                            : "the document has several operations: name one in operationName");
  }
  OperationId found;
  for (size_t i = 0; i < document.operations.size(); ++i) {
    if (document[OperationId(i)].name != name) continue;
    if (found) return fail("the document has several operations of the name given in operationName");
    found = OperationId(i);
  }
  if (!found) return fail("the document has no operation of the name given in operationName");
  return found;
}

std::expected<std::vector<std::string_view>, DocumentError> condition_variables(const Document& document,
                                                                                OperationId operation) {
  const FragmentIndex fragments(document);
  std::vector<std::string_view> names;
  const auto collect = [&](DirectiveId first) {
    for (auto [id, directive] : document.each(first)) {
      if (directive.name != "skip" && directive.name != "include") continue;
      const graphql::Argument* condition = document.find_argument(directive.first_argument, "if");
      if (condition == nullptr || document[condition->value].kind != graphql::ValueKind::variable) continue;
      const std::string_view name = document[condition->value].text;
      // One more than the maximum is enough to know that there are too many.
      if (names.size() <= kConditionsMax && std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  };
  walk_definitions(document, fragments, operation, [&](SelectionId first, DirectiveId) {
    walk_selections(document, first, [&](const Selection& selection) { collect(selection.first_directive); });
  });
  if (names.size() > kConditionsMax) {
    return std::unexpected(
        DocumentError{ErrorCode::UNSUPPORTED_OPERATION,
                      fmt::format("more than {} variables decide @skip and @include in one operation", kConditionsMax),
                      {document.position(document[operation].offset)}});
  }
  return names;
}

}  // namespace signet::operation
