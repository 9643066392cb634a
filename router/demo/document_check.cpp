#include "router/demo/document_check.hpp"

#include <fmt/format.h>
#include <unordered_set>

namespace signet::demo {

using graphql::SelectionKind;

namespace {

using Problem = std::optional<DocumentProblem>;

class Check {
 public:
  Check(const SubgraphSchema& schema, const graphql::Document& document, const graphql::Operation& operation)
      : schema_(schema), document_(document) {
    for (auto [at, variable] : document.each(operation.first_variable)) variables_.insert(variable.name);
  }

  Problem selections(graphql::SelectionId first, std::string_view type) {
    for (auto [at, selection] : document_.each(first)) {
      if (auto problem = directives(selection.first_directive)) return problem;
      auto problem = selection.kind == SelectionKind::field             ? field(selection, type)
                     : selection.kind == SelectionKind::inline_fragment ? inline_fragment(selection, type)
                                                                        : spread(selection, type);
      if (problem) return problem;
    }
    return {};
  }

 private:
  Problem field(const graphql::Selection& selection, std::string_view type) {
    if (selection.name == "__typename") return {};
    const graphql::FieldDefinition* definition = schema_.field(type, selection.name);
    if (definition == nullptr) {
      return DocumentProblem{fmt::format("{} has no field \"{}\"", type, selection.name), selection.offset};
    }
    for (auto [at, argument] : document_.each(selection.first_argument)) {
      bool known = false;
      for (auto [unused, allowed] : schema_.document().each(definition->first_argument)) {
        known = known || allowed.name == argument.name;
      }
      if (!known) {
        return DocumentProblem{fmt::format("{}.{} has no argument \"{}\"", type, selection.name, argument.name),
                               argument.offset};
      }
      if (auto problem = value(argument.value)) return problem;
    }
    const std::string_view result = schema_.named(definition->type);
    const bool leaf = schema_.is_leaf(result);
    if (leaf == selection.first_child.valid()) {
      return DocumentProblem{fmt::format("{}.{} is {} {}: {}", type, selection.name, leaf ? "the leaf" : "of type",
                                         result, leaf ? "select nothing in it" : "select fields of it"),
                             selection.offset};
    }
    return leaf ? Problem() : selections(selection.first_child, result);
  }

  Problem inline_fragment(const graphql::Selection& selection, std::string_view type) {
    const std::string_view condition = selection.name.empty() ? type : selection.name;
    if (auto problem = type_condition(condition, type, selection.offset)) return problem;
    return selections(selection.first_child, condition);
  }

  Problem spread(const graphql::Selection& selection, std::string_view type) {
    const graphql::Fragment* fragment = find_fragment(document_, selection.name);
    if (fragment == nullptr) {
      return DocumentProblem{fmt::format("there is no fragment \"{}\"", selection.name), selection.offset};
    }
    if (auto problem = type_condition(fragment->type_condition, type, selection.offset)) return problem;
    if (open_.contains(fragment->name)) {
      return DocumentProblem{fmt::format("fragment \"{}\" contains itself", fragment->name), fragment->offset};
    }
    // Whether a fragment fits its own condition does not depend on where it is spread.
    if (!done_.insert(fragment->name).second) return {};
    open_.insert(fragment->name);
    auto problem = selections(fragment->first_selection, fragment->type_condition);
    open_.erase(fragment->name);
    return problem;
  }

  Problem type_condition(std::string_view condition, std::string_view type, uint32_t offset) const {
    if (schema_.overlaps(condition, type)) return {};
    return DocumentProblem{fmt::format("no {} can be a {}", type, condition), offset};
  }

  Problem directives(graphql::DirectiveId first) const {
    for (auto [at, directive] : document_.each(first)) {
      if (directive.name != "skip" && directive.name != "include") {
        return DocumentProblem{fmt::format("there is no directive @{}", directive.name), directive.offset};
      }
      for (auto [unused, argument] : document_.each(directive.first_argument)) {
        if (auto problem = value(argument.value)) return problem;
      }
    }
    return {};
  }

  Problem value(graphql::ValueId id) const {
    const graphql::Value& node = document_[id];
    if (node.kind == graphql::ValueKind::variable && !variables_.contains(node.text)) {
      return DocumentProblem{fmt::format("variable ${} is not defined", node.text), node.offset};
    }
    for (auto [at, item] : document_.each(node.first_item)) {
      if (auto problem = value(at)) return problem;
    }
    for (auto [at, member] : document_.each(node.first_field)) {
      if (auto problem = value(member.value)) return problem;
    }
    return {};
  }

  const SubgraphSchema& schema_;
  const graphql::Document& document_;
  std::unordered_set<std::string_view> variables_, open_, done_;
};

}  // namespace

const graphql::Fragment* find_fragment(const graphql::Document& document, std::string_view name) {
  for (const graphql::Fragment& fragment : document.fragments) {
    if (fragment.name == name) return &fragment;
  }
  return nullptr;
}

std::optional<DocumentProblem> check_document(const SubgraphSchema& schema, const graphql::Document& document,
                                              const graphql::Operation& operation) {
  const std::string_view root = schema.root(operation.type);
  if (root.empty()) return DocumentProblem{"the subgraph has no operations of this type", operation.offset};
  return Check(schema, document, operation).selections(operation.first_selection, root);
}

}  // namespace signet::demo
