// The head of a supergraph, for tests that write the types themselves.
#pragma once

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace signet::testing {

/// Everything up to the types: links, directives, and one value of join__Graph for each of `subgraphs`, in capitals.
inline std::string supergraph_head(const std::vector<std::string>& subgraphs) {
  std::string sdl = R"(schema @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) { query: Query }
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
scalar join__FieldSet
scalar link__Import
enum link__Purpose { SECURITY EXECUTION }
enum join__Graph {
)";
  for (const std::string& name : subgraphs) {
    std::string id = name;
    std::ranges::transform(id, id.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    sdl += fmt::format("  {} @join__graph(name: \"{}\", url: \"http://{}.test/graphql\")\n", id, name, name);
  }
  return sdl + "}\n";
}

}  // namespace signet::testing
