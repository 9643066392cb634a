// Any bytes as answers of subgraphs: the client still gets well-formed JSON of the right outline.
//
// The input is cut at NUL bytes; each piece answers one request, the last one answers all that follow.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "router/execution/execution.hpp"
#include "router/json/document.hpp"
#include "tests/support/planning.hpp"

namespace {

using signet::execution::Execution;
using signet::execution::FetchRequest;

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

  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<FetchRequest> open;
  const auto take = [&](FetchRequest&& request) {
    if (!signet::json::Document::parse(request.body)) std::abort();
    open.push_back(std::move(request));
  };
  Execution execution(*supergraph, planned.plan, planned.variables,
                      {.show_subgraph_messages = true, .extension_codes = {}, .answer_bytes_max = 1u << 20});
  execution.start(take);
  while (!open.empty()) {
    const FetchRequest request = std::move(open.back());
    open.pop_back();
    const size_t end = rest.find('\0');
    const std::string_view body = rest.substr(0, end);
    if (end != std::string_view::npos) rest.remove_prefix(end + 1);
    execution.complete(request.id, signet::execution::HttpAnswer{.status = 200, .body = std::string(body)}, take);
  }
  if (!execution.done()) std::abort();
  std::string out;
  execution.write_response(out);
  const auto answer = signet::json::Document::parse(out);
  if (!answer || !answer->find(answer->root(), "data")) std::abort();
  return 0;
}
