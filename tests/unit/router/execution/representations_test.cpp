#include "tests/unit/router/execution/script.hpp"

namespace signet::execution {
namespace {

std::string representations(const std::string& sent) {
  const size_t at = sent.find("\"representations\":");
  return at == std::string::npos ? "" : sent.substr(at + 18, sent.rfind("}}") - at - 18);
}

TEST(Representations, EachDistinctOneOnce) {
  Script script("shop");
  script
      .on("catalog", "products",
          R"({"data":{"products":[{"sku":"a"},{"sku":"b"},{"sku":"a"},{"sku":"\u0061"},{"sku":"b"}]}})")
      .on("stock", "", R"({"data":{"_entities":[{"count":1},{"count":2},{"count":3}]}})");
  EXPECT_EQ(script.run("{ products { count } }"),
            R"({"data":{"products":[{"count":1},{"count":2},{"count":1},{"count":3},{"count":2}]}})");
  // Equal bytes are one entity; another spelling of the same string is only asked for once more.
  EXPECT_EQ(representations(script.sent[1]),
            R"([{"__typename":"Product","sku":"a"},{"__typename":"Product","sku":"b"},)"
            R"({"__typename":"Product","sku":"\u0061"}])");
}

TEST(Representations, ForwardTheExactText) {
  Script script("shop");
  script
      .on("catalog", "products",
          R"({"data":{"products":[{"sku":"\"\\\n\ud83d\ude00","price":1e400,"weight":12345678901234567890.5}]}})")
      .on("stock", "", R"({"data":{"_entities":[{"shipping":-0}]}})");
  EXPECT_EQ(script.run("{ products { shipping } }"), R"({"data":{"products":[{"shipping":-0}]}})");
  EXPECT_EQ(representations(script.sent[1]),
            R"([{"__typename":"Product","sku":"\"\\\n\ud83d\ude00","weight":12345678901234567890.5,"price":1e400}])");
}

TEST(Representations, NullInputsOfRequirementsAreSentAndMissingOnesAreNot) {
  Script script("shop");
  script
      .on("catalog", "products",
          R"({"data":{"products":[{"sku":"a","price":null},{"sku":"b"},{"sku":null,"price":1},{"sku":"d","price":2}]},)"
          R"("errors":[{"message":"x","path":["products",3,"price"]}]})")
      .on("stock", "", R"({"data":{"_entities":[{"value":1},{"value":2}]}})");
  script.run("{ products { value } }");
  EXPECT_EQ(representations(script.sent[1]),
            R"([{"__typename":"Product","sku":"a","price":null},{"__typename":"Product","sku":"d","price":2}])");
}

TEST(Representations, NestedKeysAreNestedObjects) {
  Script script("library");
  script.on("a", "book", R"({"data":{"book":{"isbn":"1"}}})")
      .on("b", "", R"({"data":{"_entities":[{"author":{"name":"N"},"title":"T"}]}})")
      .on("c", "", R"({"data":{"_entities":[{"translations":["x",null]}]}})");
  EXPECT_EQ(script.run("{ book { translations } }"), R"({"data":{"book":{"translations":["x",null]}}})");
  EXPECT_EQ(representations(script.sent[2]), R"([{"__typename":"Book","author":{"name":"N"},"title":"T"}])");
}

// What was read of an answer before it turned out to be worth nothing is not asked about.
TEST(Representations, ObjectsOfAWorthlessAnswerAreNobodys) {
  const std::string entity = R"({"reviews":[{"product":{"id":"9"}}]})";
  for (const std::string& reviews : {
           R"({"data":{"_entities":[)" + entity + "," + entity + "]}}",  // two for one representation
           R"({"data":{"_entities":[)" + entity + "]",
           R"({"data":{"_entities":[)" + entity + R"(],"_entities":[]}})",
       }) {
    Script script("shop");
    script.on("catalog", "products", R"({"data":{"products":[{"id":"1"}]}})").on("reviews", "", reviews);
    const std::string answer = script.run("{ products { reviews { product { color } } } }");
    EXPECT_EQ(script.sent.size(), 2u) << reviews;
    EXPECT_NE(answer.find("SUBGRAPH_INVALID"), std::string::npos) << answer;
  }
}

// Subgraphs may print members in an order of their own; an object that holds others is then read in pieces.
TEST(Representations, AreFoundInObjectsOfAnyOrder) {
  Script script("shop");
  script
      .on("catalog", "products",
          R"({"data":{"products":[{"name":"a","related":[{"x":{},"id":"2"},{"id":"3"}],"id":"1"},{"id":"4","related":null}]}})")
      .on("reviews", "", R"({"data":{"_entities":[{"reviews":[]},{"reviews":[]},{"reviews":[]},{"reviews":[]}]}})");
  EXPECT_EQ(
      script.run("{ products { id related { reviews { stars } } reviews { stars } } }"),
      R"({"data":{"products":[{"id":"1","related":[{"reviews":[]},{"reviews":[]}],"reviews":[]},{"id":"4","related":null,"reviews":[]}]}})");
  for (const char* id : {"1", "2", "3", "4"}) {
    EXPECT_NE(script.sent.back().find(fmt::format(R"({{"__typename":"Product","id":"{}"}})", id)), std::string::npos)
        << script.sent.back();
  }
}

TEST(Representations, NothingToAskIsNoRequest) {
  Script script("shop");
  script.on("catalog", "products", R"({"data":{"products":[]}})");
  EXPECT_EQ(script.run("{ products { count reviews { stars } } }"), R"({"data":{"products":[]}})");
  EXPECT_EQ(script.sent.size(), 1u);
}

TEST(Representations, VariablesAreSentWhereTheyAreUsed) {
  Script script("library");
  script.on("a", "book", R"({"data":{"book":{"isbn":"1"}}})")
      .on("b", "", R"({"data":{"_entities":[{"author":{"name":"N"},"title":"T"}]}})")
      .on("c", "", R"({"data":{"_entities":[{"translations":[]}]}})");
  script.run("query ($to: String, $no: Boolean = false) { book { translations(to: $to) pages @include(if: $no) } }",
             R"({"to":"d\u0065"})");
  ASSERT_EQ(script.sent.size(), 3u);
  EXPECT_EQ(script.sent[0], R"(a {"query":"{book{isbn}}","variables":{}})");
  EXPECT_NE(script.sent[2].find(R"("query":"query($representations:[_Any!]!,$to:String){)"), std::string::npos);
  EXPECT_NE(script.sent[2].find(R"(],"to":"d\u0065"}})"), std::string::npos) << script.sent[2];
}

// The requirement is written for circles only, as its author knows them; who draws may return squares.
TEST(Representations, AbstractValuesSayTheirTypeAndCoverWhatTheProviderReturns) {
  Script script("shapes");
  script.on("draw", "frame", R"({"data":{"page":{"id":"1","frame":{"__typename":"Frame","width":3}}}})")
      .on("draw", "", R"({"data":{"page":{"id":"1","shape":{"__typename":"Square","id":"7"}}}})")
      .on("print", "paper", R"({"data":{"_entities":[{"paper":2}]}})")
      .on("print", "", R"({"data":{"_entities":[{"ink":5}]}})");
  EXPECT_EQ(script.run("{ page { ink } }"), R"({"data":{"page":{"ink":5}}})");
  EXPECT_EQ(representations(script.sent[1]),
            R"([{"__typename":"Page","id":"1","shape":{"__typename":"Square","id":"7"}}])");
  EXPECT_EQ(script.run("{ page { paper } }"), R"({"data":{"page":{"paper":2}}})");
  EXPECT_EQ(representations(script.sent[1]),
            R"([{"__typename":"Page","id":"1","frame":{"__typename":"Frame","width":3}}])");
}

TEST(Representations, AKeyMayBeTheTypeAlone) {
  Script script("shapes");
  script.on("draw", "", R"({"data":{"settings":{"grid":1}}})")
      .on("print", "", R"({"data":{"_entities":[{"copies":2}]}})");
  EXPECT_EQ(script.run("{ settings { grid copies } }"), R"({"data":{"settings":{"grid":1,"copies":2}}})");
  EXPECT_EQ(representations(script.sent[1]), R"([{"__typename":"Settings"}])");
}

// The requirement takes the field from another subgraph than the client does. Its list is shorter there, and null here.
TEST(Representations, TheirSourcesDoNotShowInTheClientsData) {
  Script script("parcels");
  script
      .on("scale", "",
          R"({"data":{"parcels":[{"id":"1","sides":[{"weight":1},{"weight":2}]},{"id":"2","sides":null}]}})")
      .on("ruler", "",
          R"({"data":{"_entities":[{"sides":[{"length":5,"width":6}]},{"sides":[{"length":7,"width":8}]}]}})")
      .on("post", "", R"({"data":{"_entities":[{"wrapping":10},{"wrapping":11}]}})");
  EXPECT_EQ(
      script.run("{ parcels { sides { weight } wrapping } }"),
      R"({"data":{"parcels":[{"sides":[{"weight":1},{"weight":2}],"wrapping":10},{"sides":null,"wrapping":11}]}})");
}

}  // namespace
}  // namespace signet::execution
