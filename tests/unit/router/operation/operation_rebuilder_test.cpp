#include "router/operation/operation_rebuilder.hpp"

#include "router/operation/prepare.hpp"

#include "fixture.hpp"

namespace signet::operation {
namespace {

NormalizedOperation normal(const graphql::Document& document) {
  auto normalized = normalize(document, pets(), graphql::OperationId(0), 0);
  EXPECT_TRUE(normalized);
  return std::move(*normalized);
}

std::string rebuilt(std::string_view source) {
  const graphql::Document document = parsed(source);
  return rebuild_operation(normal(document), pets());
}

TEST(OperationRebuilder, PrintsSchemaNamesOnly) {
  EXPECT_EQ(rebuilt("query Secret($secret: ID) {secret: pet(mood: SAD, id: $secret) {s: name ...S}} "
                    "fragment S on Dog {secret: barks owner {name}} # secret"),
            "query {pet(id: $v1, mood: $v2) {... on Dog {barks name owner {name}} ... on Cat {name}}}");
  EXPECT_EQ(rebuilt("mutation {rename(name: \"secret\") {name}}"), "mutation {rename(name: $v1) {name}}");
  EXPECT_EQ(rebuilt("{find(filter: {need: 42, name: \"secret\"}) __typename}"), "query {__typename find(filter: $v1)}");
}

TEST(OperationRebuilder, IsEqualForOperationsThatDifferInNamesOnly) {
  const graphql::Document a = parsed("query A($x: ID) {one: pet(id: $x) {name} dog {barks name}}");
  const graphql::Document b = parsed("query B {dog {n: name barks} pet(id: 5) {...F}} fragment F on Pet {name}");
  EXPECT_EQ(operation_signature(normal(a), pets()), operation_signature(normal(b), pets()));
  EXPECT_EQ(operation_signature(normal(a), pets()).size(), 64u);
}

}  // namespace
}  // namespace signet::operation
