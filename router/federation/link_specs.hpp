// The specifications that a supergraph links, and what their elements are called in it.
// Specs: https://specs.apollo.dev/link/v1.0, https://specs.apollo.dev/core/v0.2 (its predecessor in federation 1)
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "router/federation/supergraph.hpp"
#include "router/graphql/ast.hpp"

namespace signet::federation {

/// One `@link`, or `@core`.
struct LinkedSpec {
  std::string identity;    ///< "join" for https://specs.apollo.dev/join/v0.3; the whole URL for specs of others
  std::string version;     ///< "v0.3"
  std::string name_space;  ///< `as:`, or the spec's name
  std::unordered_map<std::string, std::string> imports;  ///< "@type" → "@joinType"; types without `@`
  uint32_t offset = 0;
};

class LinkSpecs {
 public:
  /// Reads every `@link` or `@core` of the document's schema definitions. What may not be ignored goes to `errors`.
  static LinkSpecs read(const graphql::Document& document, std::vector<LoadError>& errors);

  /// The linked spec, or null.
  const LinkedSpec* find(std::string_view identity) const;
  /// The name, without `@`, of directive `element` of `identity` in this document; empty when it is not linked.
  std::string directive(std::string_view identity, std::string_view element) const;
  /// The name of type `element` of `identity`; empty when it is not linked.
  std::string type(std::string_view identity, std::string_view element) const;
  /// True for definitions of types and directives that belong to a spec of federation's machinery.
  bool is_machinery(std::string_view name) const;

 private:
  void add(const graphql::Document& document, const graphql::Directive& directive, std::vector<LoadError>& errors);
  std::vector<LinkedSpec> specs_;
};

}  // namespace signet::federation
