// Executor: runs one checked operation and writes its answer.
// Spec: https://spec.graphql.org/September2025/#sec-Executing-Requests
#pragma once

#include <string>
#include <vector>

#include "router/demo/input.hpp"
#include "router/demo/subgraph.hpp"

namespace signet::demo {

class Executor {
 public:
  Executor(const SubgraphDefinition& definition, const SubgraphSchema& schema, const graphql::Document& document,
           const Variables& variables)
      : definition_(definition), schema_(schema), document_(document), variables_(variables) {}

  /// The whole answer: {"data":…} with "errors" where there are some.
  std::string run(const graphql::Operation& operation);

 private:
  struct Group {
    std::string_view key;
    std::vector<const graphql::Selection*> selections;
  };
  using Groups = std::vector<Group>;

  // Each writes one JSON value. False: null came where none may be, and what was written is to be cut off.
  bool write_object(const Object& object, const std::vector<graphql::SelectionId>& sets);
  bool write_field(const Object& object, const Group& group);
  bool write_value(graphql::TypeRefId type, const Value& value, const Group& group);
  bool write_present(const graphql::TypeRef& type, const Value& value, const Group& group);
  bool write_named(std::string_view type, const Value& value, const Group& group);
  /// Lists and objects too: a custom scalar may be any JSON.
  void write_leaf(const Value& value);

  void collect(const Object& object, graphql::SelectionId first, Groups& groups);
  bool included(const graphql::Selection& selection);
  Resolved resolve(const Object& object, const graphql::Selection& selection);
  Resolved resolve_entities(const Object& arguments) const;
  void add_error(std::string_view message);

  const SubgraphDefinition& definition_;
  const SubgraphSchema& schema_;
  const graphql::Document& document_;
  const Variables& variables_;
  std::string out_;
  std::string errors_;
  std::vector<std::string> path_;  // JSON values: keys with quotes, indices without
};

}  // namespace signet::demo
