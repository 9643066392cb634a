#include "router/operation/document_facts.hpp"

#include <set>

#include "fixture.hpp"

namespace signet::operation {
namespace {

TEST(ResponseKeys, AreEqualWhereTheirNumbersAre) {
  const graphql::Document document =
      parsed("{dog {name a: barks ...F} cat {a: name ... on Pet {name}}} fragment F on Dog {barks name}");
  const ResponseKeys keys(document);
  EXPECT_EQ(keys.count(), 5u);  // dog, name, a, cat, barks
  std::set<std::pair<std::string_view, uint32_t>> pairs;
  for (size_t i = 0; i < document.selections.size(); ++i) {
    const graphql::SelectionId id(i);
    if (document[id].kind != graphql::SelectionKind::field) continue;
    EXPECT_LT(keys[id], keys.count());
    pairs.emplace(document[id].response_key(), keys[id]);
  }
  EXPECT_EQ(pairs.size(), keys.count());
}

}  // namespace
}  // namespace signet::operation
