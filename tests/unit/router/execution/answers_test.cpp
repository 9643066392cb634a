// Ordinary answers: the client's order and names, values from several subgraphs as one object.
#include "tests/unit/router/execution/script.hpp"

namespace signet::execution {
namespace {

TEST(Answers, KeepTheClientsOrderAndNames) {
  Script script("shop");
  script.on("catalog", "", R"({"data":{"product":{"sku":"s","name":"n","id":"1"}}})")
      .on("stock", "", R"({"data":{"_entities":[{"count":5}]}})");
  EXPECT_EQ(
      script.run("{ p: product(id: 1) { c: count x: name ...F __typename y: name } } fragment F on Product { id }"),
      R"({"data":{"p":{"c":5,"x":"n","id":"1","__typename":"Product","y":"n"}}})");
}

TEST(Answers, ZipValueTypesOfTwoSubgraphs) {
  Script script("shop");
  script.on("catalog", "{summary", R"({"data":{"summary":{"total":1,"best":{"name":"n"}}}})")
      .on("stock", "{summary", R"({"data":{"summary":{"empty":[]}}})");
  EXPECT_EQ(script.run("{ summary { empty { sku } best { name } total } }"),
            R"({"data":{"summary":{"empty":[],"best":{"name":"n"},"total":1}}})");
}

TEST(Answers, OneSubgraphsNullLeavesTheOthersObject) {
  Script script("library");
  script.on("b", "", R"({"data":{"found":{"__typename":"Book","isbn":"1"}}})")
      .on("a", "", R"({"data":{"_entities":[null]}})");
  EXPECT_EQ(script.run("{ found { __typename ... on Book { isbn pages } } }"),
            R"({"data":{"found":{"__typename":"Book","isbn":"1","pages":null}}})");
}

// Each type of an object has slots of its own, and the first object may be of any.
TEST(Answers, TheFirstObjectMayBeOfAnyType) {
  const std::string film = R"({"__typename":"Film","minutes":3})",
                    book = R"({"__typename":"Book","isbn":"1","pages":7})";
  for (const auto& [media, expected] : std::vector<std::pair<std::string, std::string>>{
           {film + "," + book, R"({"minutes":3},{"isbn":"1","pages":7})"},
           {book + "," + film, R"({"isbn":"1","pages":7},{"minutes":3})"}}) {
    Script script("library");
    script.on("a", "media", R"({"data":{"media":[)" + media + "]}}");
    EXPECT_EQ(script.run("{ media { ... on Book { isbn pages } ... on Film { minutes } } }"),
              R"({"data":{"media":[)" + expected + "]}}");
  }
}

TEST(Answers, IgnoreFieldsThatWereNotAskedFor) {
  Script script("shop");
  script.on("stock", "", R"({"extensions":{},"data":{"extra":1,"warehouse":{"z":[{}],"city":"c"}}})");
  EXPECT_EQ(script.run("{ warehouse { city } }"), R"({"data":{"warehouse":{"city":"c"}}})");
}

// Objects without the fields that were asked for take three bytes each, and would take room for all of them.
TEST(Answers, HollowObjectsAreGivenUp) {
  std::string objects = "{}";
  for (int i = 0; i < 5'000; ++i) objects += ",{}";
  Script script("shop");
  script.on("catalog", "products", R"({"data":{"products":[)" + objects + "]}}");
  const std::string answer = script.run("{ products { id sku name price weight color } }");
  EXPECT_EQ(
      answer.find(R"({"data":null,"errors":[{"message":"the subgraph's answer lacks the fields that were asked for")"),
      0u)
      << answer;
}

// Fields that come in another order than asked for, under escaped names, or with others in between.
TEST(Answers, FieldsAreFoundWhereverTheyStand) {
  Script script("shop");
  script.on(
      "catalog", "products",
      R"({"extensions":{"a":1},"data":{"products":[{"color":"RED","x":[{"y":1}],"pr\u0069ce":1.0,"sku":"s","name":"N"}]}})");
  EXPECT_EQ(script.run("{ products { name sku price color } }"),
            R"({"data":{"products":[{"name":"N","sku":"s","price":1.0,"color":"RED"}]}})");
}

// Found by the fuzzer: a member that is no member, where the type of an object is looked for.
TEST(Answers, BrokenObjectsOfAbstractTypesAreNotJson) {
  for (const char* object : {"{t", "{1:2}", "{\"a\"}", "{\"a\":1,", "{\"__typename\":}", "{\"a\":1 \"b\":2}", "{,}"}) {
    Script script("library");
    script.on("a", "media", fmt::format(R"({{"data":{{"media":[{}]}}}})", object));
    const std::string answer = script.run("{ media { isbn } }");
    EXPECT_NE(answer.find("the subgraph's answer is not JSON"), std::string::npos) << object << " " << answer;
  }
}

}  // namespace
}  // namespace signet::execution
