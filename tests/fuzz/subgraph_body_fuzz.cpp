// Any bytes as answers of subgraphs: the client still gets well-formed JSON of the right outline.
//
// The input is cut at NUL bytes; each piece answers one request, the last one answers all that follow.
#include <cstdint>

#include "tests/fuzz/run_answers.hpp"

namespace {

constexpr std::string_view kSupergraph = R"(
schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) {
  query: Query
}
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
scalar join__FieldSet
scalar link__Import
enum link__Purpose { SECURITY EXECUTION }
enum join__Graph { A @join__graph(name: "a", url: "http://a") B @join__graph(name: "b", url: "http://b") }
type Query @join__type(graph: A) @join__type(graph: B) {
  things: [[Thing!]] @join__field(graph: A)
  other: Thing @join__field(graph: B)
}
interface Thing @join__type(graph: A) @join__type(graph: B) { id: ID! }
type X implements Thing @join__implements(graph: A, interface: "Thing") @join__implements(graph: B, interface: "Thing")
  @join__type(graph: A, key: "id k { a b }") @join__type(graph: B, key: "id k { a b }") {
  id: ID!
  k: [K]
  int: Int! @join__field(graph: A)
  color: [Color!] @join__field(graph: A)
  need: Float @join__field(graph: A) @join__field(graph: B, external: true)
  made: String @join__field(graph: B, requires: "need")
  next: [X!] @join__field(graph: B)
}
type Y implements Thing @join__implements(graph: A, interface: "Thing") @join__implements(graph: B, interface: "Thing")
  @join__type(graph: A) @join__type(graph: B) { id: ID! }
type K @join__type(graph: A) @join__type(graph: B) { a: Int b: String! }
enum Color @join__type(graph: A) { RED @join__enumValue(graph: A) }
)";

constexpr std::string_view kOperation =
    "{ things { id __typename ... on X { a: int color made next { int color again: int } } } other { id ... on X { int "
    "} } }";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto supergraph = signet::federation::load_supergraph(kSupergraph);
  if (!supergraph) std::abort();
  static const signet::testing::Planned planned = signet::testing::plan_text(*supergraph, kOperation);
  if (!planned.plan) std::abort();

  signet::run_answers(*supergraph, planned, std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
