// Subgraph: a GraphQL service over data in memory: a schema as text, a resolver per field that needs one.
//
// Small but honest: documents are checked against the schema, errors name what is unknown, null bubbles as the
// specification says. Not there: introspection beyond __typename and _service, subscriptions, custom scalars' checks.
// Spec: https://spec.graphql.org/September2025/#sec-Execution,
// https://www.apollographql.com/docs/federation/subgraph-spec
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "router/demo/value.hpp"

namespace signet::demo {

class SubgraphSchema;

/// A field's value, or the message of the error that stands in its place.
using Resolved = std::expected<Value, std::string>;
/// `self` is the object that the field belongs to; `arguments` are coerced, defaults filled in.
using Resolver = std::function<Resolved(const Object& self, const Object& arguments)>;
/// The entity that a representation names, or null.
using EntityResolver = std::function<Value(const Object& representation)>;

struct SubgraphDefinition {
  std::string name;
  std::string sdl;  ///< as the subgraph's authors write it, federation directives included
  /// By "Type.field". A field without a resolver is the field of that name of its object.
  std::map<std::string, Resolver, std::less<>> resolvers;
  std::map<std::string, EntityResolver, std::less<>> entities;  ///< by type
};

/// Threads: one.
class Subgraph {
 public:
  /// The definition's schema must parse: it is part of the program.
  explicit Subgraph(SubgraphDefinition definition);
  ~Subgraph();

  const std::string& name() const { return definition_.name; }

  struct Answer {
    std::string body;       ///< {"data":…,"errors":…}
    bool mutation = false;  ///< data may differ from now on
  };
  /// `body` is the JSON of a GraphQL request.
  Answer execute(std::string_view body) const;

 private:
  SubgraphDefinition definition_;
  std::unique_ptr<const SubgraphSchema> schema_;
};

}  // namespace signet::demo
