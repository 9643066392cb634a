// Objects that an answer repeats byte for byte are read once and written by copy: what must come out as if they were
// not.
#include "router/execution/repeated_objects.hpp"

#include "tests/unit/router/execution/script.hpp"

namespace signet::execution {
namespace {

size_t count(const std::string& text, std::string_view what) {
  size_t found = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST(RepeatedObjects, StandAtAllTheirPlaces) {
  Script script("shop");
  script
      .on("reviews", "latestReviews",
          R"({"data":{"latestReviews":[{"product":{"id":"1","name":"A"}},{"product":{"id":"2","name":"B"}},)"
          R"({"product":{"id":"1","name":"A"}},{"product":{"name":"A","id":"1"}},{"product":{"id":"1","name":"A"}}]}})")
      .on("catalog", "", R"({"data":{"_entities":[{"price":1},{"price":2}]}})");
  EXPECT_EQ(script.run("{ latestReviews { product { name price } } }"),
            R"({"data":{"latestReviews":[{"product":{"name":"A","price":1}},{"product":{"name":"B","price":2}},)"
            R"({"product":{"name":"A","price":1}},{"product":{"name":"A","price":1}},)"
            R"({"product":{"name":"A","price":1}}]}})");
  EXPECT_EQ(count(script.sent[1], "__typename"), 2u);
}

TEST(RepeatedObjects, EntitiesWithEqualFieldsStayApart) {
  Script script("shop");
  script.on("stock", "warehouse", R"({"data":{"warehouse":{"shelf":[[{"sku":"a"},{"sku":"b"}],[{"sku":"a"}]]}}})")
      .on("catalog", "", R"({"data":{"_entities":[{"price":5},{"price":5}]}})")
      .on("stock", "", R"({"data":{"_entities":[{"value":10},{"value":20}]}})");
  EXPECT_EQ(script.run("{ warehouse { shelf { value } } }"),
            R"({"data":{"warehouse":{"shelf":[[{"value":10},{"value":20}],[{"value":10}]]}}})");
  EXPECT_EQ(count(script.sent[2], R"("sku":"b","price":5)"), 1u);
}

// The same null at two places, of which an error explains one: only there it is no value.
TEST(RepeatedObjects, AnErrorAboutOnePlaceLeavesTheOther) {
  Script script("shop");
  script
      .on("catalog", "products",
          R"({"data":{"products":[{"sku":"a","price":null},{"sku":"a","price":null}]},)"
          R"("errors":[{"message":"x","path":["products",1,"price"]}]})")
      .on("stock", "", R"({"data":{"_entities":[{"value":7}]}})");
  EXPECT_EQ(script.run("{ products { value } }").find(R"({"data":{"products":[{"value":7},{"value":null}]})"), 0u);
  EXPECT_EQ(count(script.sent[1], R"("sku":"a")"), 1u);
}

TEST(RepeatedObjects, EachPlaceHasItsOwnErrors) {
  Script script("shop");
  script.on("catalog", "", R"({"data":{"bestsellers":[{"name":null},{"name":null},{"name":"A"},{"name":"A"}]}})");
  const std::string nulls = script.run("{ bestsellers { name } }");
  EXPECT_EQ(nulls.find(R"({"data":{"bestsellers":[null,null,{"name":"A"},{"name":"A"}]})"), 0u) << nulls;
  EXPECT_EQ(count(nulls, "NON_NULL_VIOLATION"), 2u);

  Script colors("shop");
  colors.on("catalog", "",
            R"({"data":{"bestsellers":[{"color":"PINK"},{"color":"PINK"},{"color":"RED"},{"color":"PINK"}]}})");
  const std::string wrong = colors.run("{ bestsellers { color } }");
  EXPECT_EQ(count(wrong, "SUBGRAPH_INVALID"), 3u) << wrong;
  EXPECT_NE(wrong.find(R"("path":["bestsellers",3,"color"])"), std::string::npos) << wrong;
}

// What was remembered does not outlive the text that it points to.
TEST(RepeatedObjects, TextThatWasCutBackIsNotWrittenAgain) {
  Script script("shop");
  script.on("reviews", "",
            R"({"data":{"latestReviews":[{"product":{"reviews":[{"stars":1,"text":"x"},{"stars":null,"text":"y"}]}},)"
            R"({"product":{"reviews":[{"stars":1,"text":"x"}]}},{"product":{"reviews":[{"stars":2,"text":"z"}]}}]}})");
  EXPECT_EQ(script.run("{ latestReviews { product { reviews { stars text } } } }")
                .find(R"({"data":{"latestReviews":[{"product":null},{"product":{"reviews":[{"stars":1,"text":"x"}]}},)"
                      R"({"product":{"reviews":[{"stars":2,"text":"z"}]}}]})"),
            0u);
}

}  // namespace
}  // namespace signet::execution
