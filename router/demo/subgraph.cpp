#include "router/demo/subgraph.hpp"

#include <fmt/format.h>

#include "router/demo/document_check.hpp"
#include "router/demo/executor.hpp"
#include "router/graphql/parser.hpp"
#include "router/json/writer.hpp"

namespace signet::demo {
namespace {

std::unique_ptr<const SubgraphSchema> make_schema(const SubgraphDefinition& definition) {
  std::vector<std::string_view> entities;
  entities.reserve(definition.entities.size());
  for (const auto& [type, resolver] : definition.entities) entities.push_back(type);
  return std::make_unique<const SubgraphSchema>(definition.sdl, entities);
}

Subgraph::Answer refuse(std::string_view message, graphql::Position position = {}) {
  std::string body = R"({"errors":[{"message":)";
  json::append_string(body, message);
  if (position.line > 0) {
    body += fmt::format(R"(,"locations":[{{"line":{},"column":{}}}])", position.line, position.column);
  }
  return {body + "}]}", false};
}

const graphql::Operation* find_operation(const graphql::Document& document, std::string_view name) {
  if (name.empty()) return document.operations.size() == 1 ? &*document.operations.begin() : nullptr;
  for (const graphql::Operation& operation : document.operations) {
    if (operation.name == name) return &operation;
  }
  return nullptr;
}

std::string text_member(const json::Document& body, std::string_view name) {
  const json::NodeId node = body.find(body.root(), name);
  return node.valid() && body.kind(node) == json::Kind::string ? body.string(node) : std::string();
}

}  // namespace

Subgraph::Subgraph(SubgraphDefinition definition)
    : definition_(std::move(definition)), schema_(make_schema(definition_)) {}

Subgraph::~Subgraph() = default;

Subgraph::Answer Subgraph::execute(std::string_view body) const {
  const auto request = json::Document::parse(body);
  if (!request) return refuse("the request is not JSON: " + request.error().message);
  const auto document = graphql::parse_executable(text_member(*request, "query"));
  if (!document) return refuse(document.error().message, document.error().position);
  const graphql::Operation* operation = find_operation(*document, text_member(*request, "operationName"));
  if (operation == nullptr) return refuse("name one operation of the document in operationName");
  if (const auto problem = check_document(*schema_, *document, *operation)) {
    return refuse(problem->message, document->position(problem->offset));
  }
  const auto variables =
      coerce_variables(*schema_, *document, *operation, *request, request->find(request->root(), "variables"));
  if (!variables) return refuse(variables.error());
  return {Executor(definition_, *schema_, *document, *variables).run(*operation),
          operation->type == graphql::OperationType::mutation};
}

}  // namespace signet::demo
