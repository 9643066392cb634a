// The four subgraphs of the demo: their schemas parse, their entities agree, each federation feature is there.
#include "router/demo/shop.hpp"

#include "router/demo/embedded_texts.hpp"
#include "router/graphql/parser.hpp"
#include "router/json/writer.hpp"

namespace signet::demo {
namespace {

std::string ask(const Subgraph& subgraph, std::string_view query, std::string_view variables = "{}") {
  std::string body;
  json::Writer(body).begin_object().key("query").value(query).key("variables").raw(variables).end_object();
  return subgraph.execute(body).body;
}

std::string entities(const Subgraph& subgraph, std::string_view selections, std::string_view representations) {
  return ask(subgraph, "query($r: [_Any!]!) { _entities(representations: $r) { " + std::string(selections) + " } }",
             "{\"r\":" + std::string(representations) + "}");
}

TEST(DemoShop, SupergraphNamesEverySubgraphAtThePort) {
  const std::string text = supergraph(4242);
  EXPECT_TRUE(graphql::parse_type_system(text));
  EXPECT_EQ(text.find("{port}"), std::string::npos);
  for (const SubgraphDefinition& definition : shop()) {
    EXPECT_NE(text.find("http://127.0.0.1:4242/" + definition.name + "\""), std::string::npos) << definition.name;
  }
}

TEST(DemoShop, SupergraphIsComposedOfTheseSchemas) {
  const std::string text(kSupergraph);
  for (const SubgraphDefinition& definition : shop()) {
    const auto document = graphql::parse_type_system(definition.sdl);
    ASSERT_TRUE(document);
    for (const graphql::FieldDefinition& field : document->field_definitions) {
      EXPECT_TRUE(text.contains("\n  " + std::string(field.name) + "(") ||
                  text.contains("\n  " + std::string(field.name) + ":"))
          << definition.name << " " << field.name << ": compose the supergraph again (CONTRIBUTING.md)";
    }
  }
}

TEST(DemoShop, ThereAreSixUsersAndFiveProducts) {
  EXPECT_EQ(ask(Subgraph(accounts()), "{ users { id } me { username birthday } }"),
            R"({"data":{"users":[{"id":"1"},{"id":"2"},{"id":"3"},{"id":"4"},{"id":"5"},{"id":"6"}],)"
            R"("me":{"username":"ada","birthday":18151210}}})");
  EXPECT_EQ(ask(Subgraph(products()), "{ topProducts { upc } two: topProducts(first: 2) { name } }"),
            R"({"data":{"topProducts":[{"upc":"1"},{"upc":"2"},{"upc":"3"},{"upc":"4"},{"upc":"5"}],)"
            R"("two":[{"name":"Table"},{"name":"Couch"}]}})");
  EXPECT_EQ(ask(Subgraph(products()), "{ productsIn(category: LIGHT) { name price } }"),
            R"({"data":{"productsIn":[{"name":"Reading lamp","price":3900},{"name":"Lantern","price":2450}]}})");
}

TEST(DemoShop, WarehousesAreNamedByTwoFields) {
  const std::string both = R"([{"__typename":"Warehouse","country":"PT","city":"Porto"},)"
                           R"({"__typename":"Warehouse","country":"IT","city":"Porto"},)"
                           R"({"__typename":"Warehouse","country":"IT","city":"Hamburg"}])";
  EXPECT_EQ(entities(Subgraph(accounts()), "... on Warehouse { manager { name } }", both),
            R"({"data":{"_entities":[{"manager":{"name":"Grace Hopper"}},)"
            R"({"manager":{"name":"Edsger Dijkstra"}},null]}})");
  EXPECT_EQ(entities(Subgraph(inventory()), "... on Warehouse { area }", both),
            R"({"data":{"_entities":[{"area":5200},{"area":1800},null]}})");
}

TEST(DemoShop, ShippingIsComputedFromTheRepresentation) {
  const Subgraph subgraph(inventory());
  EXPECT_EQ(entities(subgraph, "... on Product { shippingEstimate inStock }",
                     R"([{"__typename":"Product","upc":"1","price":89900,"weight":21000},)"
                     R"({"__typename":"Product","upc":"2","price":129900,"weight":48000}])"),
            R"({"data":{"_entities":[{"shippingEstimate":10500,"inStock":true},)"
            R"({"shippingEstimate":0,"inStock":false}]}})");
  EXPECT_EQ(entities(subgraph, "... on Product { shippingEstimate }", R"([{"__typename":"Product","upc":"1"}])"),
            R"({"data":{"_entities":[null]},"errors":[{"message":"price and weight are needed in the representation",)"
            R"("path":["_entities",0,"shippingEstimate"]}]})");
}

TEST(DemoShop, ReviewsKnowTheirAuthorsUserNames) {
  EXPECT_EQ(ask(Subgraph(reviews()), "{ review(id: 6) { body author { id username } product { upc } } }"),
            R"({"data":{"review":{"body":"Too expensive.","author":{"id":"1","username":"ada"},)"
            R"("product":{"upc":"2"}}}})");
  // The names are those of accounts.
  const std::string users = ask(Subgraph(accounts()), "{ users { id username } }");
  for (const char* id : {"1", "7", "20", "4", "9", "24"}) {
    const std::string answer =
        ask(Subgraph(reviews()), "query($id: ID!) { review(id: $id) { author { id username } } }",
            "{\"id\":\"" + std::string(id) + "\"}");
    const size_t from = answer.find("{\"id\":");
    EXPECT_NE(users.find(answer.substr(from, answer.find('}', from) - from)), std::string::npos) << answer;
  }
}

TEST(DemoShop, TakesReviews) {
  const Subgraph subgraph(reviews());
  const std::string mutation = "mutation($i: AddReview!) { addReview(input: $i) { id stars product { upc } } }";
  EXPECT_EQ(ask(subgraph, mutation, R"({"i":{"upc":"5","authorId":"1","body":"Good.","stars":4}})"),
            R"({"data":{"addReview":{"id":"25","stars":4,"product":{"upc":"5"}}}})");
  EXPECT_EQ(entities(subgraph, "... on User { reviews { id } }", R"([{"__typename":"User","id":"1"}])"),
            R"({"data":{"_entities":[{"reviews":[{"id":"1"},{"id":"6"},{"id":"10"},{"id":"19"},{"id":"25"}]}]}})");
  EXPECT_EQ(ask(subgraph, mutation, R"({"i":{"upc":"9","authorId":"1","body":"x"}})"),
            R"({"data":null,"errors":[{"message":"there is no product of that upc","path":["addReview"]}]})");
  EXPECT_NE(ask(subgraph, mutation, R"({"i":{"upc":"5","authorId":"1","body":"x","stars":6}})").find("1 to 5"),
            std::string::npos);
}

TEST(DemoShop, EachShopHasItsOwnReviews) {
  const Subgraph one(reviews());
  const Subgraph two(reviews());
  (void)ask(one, "mutation { addReview(input: {upc: \"1\", authorId: 1, body: \"x\"}) { id } }");
  EXPECT_EQ(ask(two, "{ review(id: 25) { id } }"), R"({"data":{"review":null}})");
}

}  // namespace
}  // namespace signet::demo
