// Where errors of subgraphs stand in the client's answer, and what they say.
#include "router/execution/errors.hpp"

#include "router/json/document.hpp"
#include "tests/unit/router/execution/script.hpp"

namespace signet::execution {
namespace {

/// The `errors` of an answer without messages: `path code`, one a line.
std::string errors_of(const std::string& answer) {
  const auto doc = json::Document::parse(answer);
  EXPECT_TRUE(doc) << answer;
  const json::NodeId errors = doc->find(doc->root(), "errors");
  std::string text;
  if (!errors) return text;
  for (json::NodeId error : doc->items(errors)) {
    const json::NodeId path = doc->find(error, "path");
    const json::NodeId code = doc->find(doc->find(error, "extensions"), "code");
    text += fmt::format("{} {}\n", path ? doc->raw(path) : "-", doc->string(code));
  }
  return text;
}

TEST(Errors, StandAtEveryPlaceOfTheirEntity) {
  Script script("shop");
  script.on("catalog", "", R"({"data":{"products":[{"sku":"a"},{"sku":"b"},{"sku":"a"}]}})")
      .on("stock", "",
          R"({"data":{"_entities":[null,{"count":2}]},"errors":[{"message":"m","path":["_entities",0,"count"]}]})");
  EXPECT_EQ(errors_of(script.run("{ list: products { n: count } }")),
            "[\"list\",0,\"n\"] DOWNSTREAM_SERVICE_ERROR\n[\"list\",2,\"n\"] DOWNSTREAM_SERVICE_ERROR\n");
}

TEST(Errors, PlacesAreCapped) {
  Script script("shop");
  std::string products;
  for (int i = 0; i < 300; ++i) products += fmt::format("{}{{\"sku\":\"a\"}}", i == 0 ? "" : ",");
  script.on("catalog", "", fmt::format(R"({{"data":{{"products":[{}]}}}})", products))
      .on("stock", "", R"({"data":{"_entities":[null]},"errors":[{"message":"m","path":["_entities",0]}]})");
  const std::string errors = errors_of(script.run("{ products { value: count } }"));
  EXPECT_EQ(std::ranges::count(errors, '\n'), 100);
}

// Two positions share one list of one request: `_e0` counts, of which the best product needs the second only.
constexpr std::string_view kShared = "{ products { count value } summary { best { count } } }";

Script shared(const std::string& entities) {
  Script script("shop");
  script
      .on("catalog", "",
          R"({"data":{"products":[{"sku":"a","price":1},{"sku":"b","price":2}],)"
          R"("summary":{"best":{"sku":"b"}}}})")
      .on("stock", "_e1:_entities", entities);
  return script;
}

TEST(Errors, OfASharedEntityStandWhereItIsNeeded) {
  Script script = shared(R"({"data":{"_e0":[{"count":1},null],"_e1":[{"value":1},{"value":2}]},)"
                         R"("errors":[{"message":"m","path":["_e0",1]}]})");
  EXPECT_EQ(errors_of(script.run(kShared)),
            "[\"products\",1] DOWNSTREAM_SERVICE_ERROR\n[\"summary\",\"best\"] DOWNSTREAM_SERVICE_ERROR\n");
  script = shared(R"({"data":{"_e0":[null,{"count":2}],"_e1":[{"value":1},{"value":2}]},)"
                  R"("errors":[{"message":"m","path":["_e0",0]}]})");
  EXPECT_EQ(errors_of(script.run(kShared)), "[\"products\",0] DOWNSTREAM_SERVICE_ERROR\n");
}

TEST(Errors, OfOneListLeaveTheOthersAlone) {
  Script script = shared(R"({"data":{"_e0":[{"count":1},{"count":2}],"_e1":[{"value":1}]}})");
  EXPECT_EQ(
      script.run(kShared),
      R"({"data":{"products":[{"count":1,"value":null},{"count":2,"value":null}],"summary":{"best":{"count":2}}},)"
      R"("errors":[{"message":"the subgraph returned 1 entities for 2 representations","path":["products"],)"
      R"("extensions":{"code":"SUBGRAPH_INVALID"}}]})");
}

TEST(Errors, ThatLoseAllListsExplainEachPosition) {
  // `_entities` is non-null: one list that fails takes the other along.
  Script script = shared(R"({"data":null,"errors":[{"message":"m","path":["_e1"]}]})");
  EXPECT_EQ(errors_of(script.run(kShared)),
            "[\"products\"] SUBGRAPH_INVALID\n[\"products\"] DOWNSTREAM_SERVICE_ERROR\n"
            "[\"summary\",\"best\"] SUBGRAPH_INVALID\n");
}

TEST(Errors, OfARequestAreSaidOncePerPath) {
  Script script = shared("not json");
  EXPECT_EQ(errors_of(script.run(kShared)),
            "[\"products\"] SUBGRAPH_INVALID\n[\"summary\",\"best\"] SUBGRAPH_INVALID\n");
}

TEST(Errors, FollowAliasesAndWireNames) {
  Script script("library");
  script.on("a", "", R"({"data":{"book":{"isbn":"1"}}})")
      .on("b", "", R"({"data":{"_entities":[{"author":{"name":"N"},"title":"T"}]}})")
      .on("c", "",
          R"({"data":{"_entities":[{"translations":["x"],"_a1":[null]}]},)"
          R"("errors":[{"message":"m","path":["_entities",0,"_a1",0]}]})");
  EXPECT_EQ(errors_of(script.run("{ b: book { de: translations(to: \"de\") fr: translations(to: \"fr\") } }")),
            "[\"b\",\"fr\",0] DOWNSTREAM_SERVICE_ERROR\n");
}

TEST(Errors, OneForEachResponseKeyOfALeaf) {
  Script script("shop");
  script.on("catalog", "",
            R"({"data":{"product":{"price":null}},"errors":[{"message":"m","path":["product","price"]}]})");
  EXPECT_EQ(errors_of(script.run("{ product(id: 1) { a: price b: price } }")),
            "[\"product\",\"a\"] DOWNSTREAM_SERVICE_ERROR\n[\"product\",\"b\"] DOWNSTREAM_SERVICE_ERROR\n");
}

// Found by the oracle: an untold error must not turn a failed input into a plain null.
TEST(Errors, BeyondTheLimitStillMarkInputsAsFailed) {
  constexpr size_t kProducts = kSubgraphErrorsMax + 50;
  std::string products, errors;
  for (size_t i = 0; i < kProducts; ++i) {
    products += fmt::format(R"({}{{"sku":"{}","price":null}})", i == 0 ? "" : ",", i);
    errors += fmt::format(R"({}{{"message":"m","path":["products",{},"price"]}})", i == 0 ? "" : ",", i);
  }
  Script script("shop");
  script.on("catalog", "", fmt::format(R"({{"data":{{"products":[{}]}},"errors":[{}]}})", products, errors))
      .on("stock", "", R"({"data":{"_entities":[]}})");
  script.run("{ products { value } }");
  EXPECT_EQ(script.sent.size(), 1u) << "value requires the price, which is known for none of them";
}

TEST(Errors, HiddenFieldsEndThePath) {
  Script script("shop");
  script.on("catalog", "",
            R"({"data":{"product":{"name":"n","sku":null}},"errors":[{"message":"m","path":["product","sku"]}]})");
  const std::string answer = script.run("{ product(id: 1) { name value } }");
  EXPECT_TRUE(answer.starts_with(R"({"data":{"product":{"name":"n","value":null}})")) << answer;
}

TEST(Errors, OfSubgraphsAsAWhole) {
  struct Case {
    FetchResult result;
    std::string_view errors;
  };
  const Case cases[] = {
      {ErrorCode::SUBGRAPH_TIMEOUT, "[\"product\"] SUBGRAPH_TIMEOUT\n"},
      {answer(200, "<html>"), "[\"product\"] SUBGRAPH_INVALID\n"},
      {answer(200, "[]"), "[\"product\"] SUBGRAPH_INVALID\n"},
      {answer(200, R"({"errors":[]})"), "[\"product\"] SUBGRAPH_INVALID\n"},
      {answer(200, R"({"data":null})"), "[\"product\"] SUBGRAPH_INVALID\n"},
      {answer(200, R"({"data":{"_entities":null}})"), "[\"product\"] SUBGRAPH_INVALID\n"},
      {answer(200, R"({"data":{"_entities":{}}})"), "[\"product\"] SUBGRAPH_INVALID\n"},
      {answer(200, R"({"data":{"_entities":[]}})"), "[\"product\"] SUBGRAPH_INVALID\n"},
      {answer(200, R"({"data":{"_entities":[{"value":1},{"value":2}]}})"), "[\"product\"] SUBGRAPH_INVALID\n"},
      {answer(200, R"({"data":{"_entities":[{}]}})"), "[\"product\",\"value\"] SUBGRAPH_INVALID\n"},
      {answer(200, R"({"data":{"_entities":[5]}})"), "[\"product\"] SUBGRAPH_INVALID\n"},
      {answer(200, R"({"errors":[{"message":"m"}]})"), "[\"product\"] DOWNSTREAM_SERVICE_ERROR\n"},
      {answer(500, "oops"), "[\"product\"] SUBGRAPH_HTTP_ERROR\n"},
      {answer(503, R"({"errors":[{"message":"m"}]})"),
       "[\"product\"] SUBGRAPH_HTTP_ERROR\n[\"product\"] DOWNSTREAM_SERVICE_ERROR\n"},
      {answer(200, R"({"data":{"_entities":[{"value":1,"value":2}]}})"), "[\"product\"] SUBGRAPH_INVALID\n"},
  };
  for (const Case& each : cases) {
    Script script("shop");
    script.on("catalog", "", R"({"data":{"product":{"name":"n","sku":"s","price":1}}})").on("stock", "", each.result);
    const std::string answer = script.run("{ product(id: 1) { name value } }");
    EXPECT_TRUE(answer.starts_with(R"({"data":{"product":{"name":"n","value":)")) << answer;
    EXPECT_EQ(errors_of(answer), each.errors) << answer;
  }
}

// Spec: https://spec.graphql.org/September2025/#sec-Errors.Error-Result-Format
TEST(Errors, OfARootFetchAsAWholeStandAtEachOfItsFields) {
  const FetchResult lost[] = {ErrorCode::SUBGRAPH_UNREACHABLE, answer(500, "oops"),
                              ok(R"({"data":null,"errors":[{"message":"m"}]})")};
  const std::string_view codes[] = {"SUBGRAPH_UNREACHABLE", "SUBGRAPH_HTTP_ERROR", "DOWNSTREAM_SERVICE_ERROR"};
  for (size_t i = 0; i < std::size(lost); ++i) {
    Script script("shop");
    script.on("catalog", "", lost[i]).on("stock", "", R"({"data":{"warehouse":{"city":"c"}}})");
    const std::string answer = script.run("{ a: product(id: 1) { name } warehouse { city } b: product(id: 2) { id } }");
    EXPECT_TRUE(answer.starts_with(R"({"data":{"a":null,"warehouse":{"city":"c"},"b":null},)")) << answer;
    EXPECT_EQ(errors_of(answer), fmt::format("[\"a\"] {}\n[\"b\"] {}\n", codes[i], codes[i]));
  }
}

TEST(Errors, OfAMutationAsAWholeStandAtItsField) {
  Script script("shop");
  script.on("catalog", "", R"({"data":{"addProduct":{"id":"1"}}})").on("stock", "", ErrorCode::SUBGRAPH_TIMEOUT);
  EXPECT_EQ(errors_of(script.run("mutation { addProduct(name: \"n\") { id } r: restock(id: 1, amount: 2) { sku } }")),
            "[\"r\"] SUBGRAPH_TIMEOUT\n");
}

TEST(Errors, OfARootFetchAsAWholeAreCapped) {
  Script script("shop");
  script.on("catalog", "", ErrorCode::SUBGRAPH_UNREACHABLE);
  std::string operation = "{";
  for (int i = 0; i < 150; ++i) operation += fmt::format(" p{}: product(id: {}) {{ name }}", i, i);
  EXPECT_EQ(std::ranges::count(errors_of(script.run(operation + " }")), '\n'), 100);
}

TEST(Errors, ABodyWithAnErrorStatusKeepsItsData) {
  Script script("shop");
  script.on("catalog", "", answer(500, R"({"data":{"product":{"name":"n"}}})"));
  EXPECT_EQ(script.run("{ product(id: 1) { name } }"),
            R"({"data":{"product":{"name":"n"}},"errors":[{"message":"the subgraph answered with HTTP status 500",)"
            R"("extensions":{"code":"SUBGRAPH_HTTP_ERROR"}}]})");
}

// What an error explains is what its fetch was to bring, not what another subgraph got wrong beside it.
TEST(Errors, OfOneSubgraphExplainNoNullOfAnother) {
  const FetchResult lost[] = {ErrorCode::SUBGRAPH_UNREACHABLE,
                              ok(R"({"data":{"_entities":[null]},"errors":[{"message":"m","path":["_entities",0]}]})"),
                              ok(R"({"data":{"_entities":[5]}})")};
  const std::string_view codes[] = {"SUBGRAPH_UNREACHABLE", "DOWNSTREAM_SERVICE_ERROR", "SUBGRAPH_INVALID"};
  for (size_t i = 0; i < std::size(lost); ++i) {
    Script script("shop");
    script.on("catalog", "", R"({"data":{"product":{"name":null,"sku":"s"}}})").on("stock", "", lost[i]);
    EXPECT_EQ(errors_of(script.run("{ product(id: 1) { name count } }")),
              fmt::format("[\"product\"] {}\n[\"product\",\"name\"] NON_NULL_VIOLATION\n", codes[i]));
    EXPECT_EQ(errors_of(script.run("{ product(id: 1) { count name } }")), fmt::format("[\"product\"] {}\n", codes[i]))
        << "the null that spreads first is the lost one";
  }
}

TEST(Errors, OfAFetchExplainNoItemOfTheListThatItIsFor) {
  Script script("shop");
  script.on("catalog", "", R"({"data":{"products":[{"sku":"a","price":1},null]}})")
      .on("stock", "", ErrorCode::SUBGRAPH_UNREACHABLE);
  EXPECT_EQ(errors_of(script.run("{ products { value } }")),
            "[\"products\"] SUBGRAPH_UNREACHABLE\n[\"products\",1] NON_NULL_VIOLATION\n");
}

TEST(Errors, OfOneRootFetchExplainNoNullOfAnother) {
  Script script("shop");
  script.on("catalog", "", ErrorCode::SUBGRAPH_UNREACHABLE).on("stock", "", R"({"data":{"summary":{"empty":[null]}}})");
  EXPECT_EQ(errors_of(script.run("{ summary { best { name } empty { count } } }")),
            "[\"summary\"] SUBGRAPH_UNREACHABLE\n[\"summary\",\"empty\",0] NON_NULL_VIOLATION\n");
}

// The count is asked for with the sku, which only the catalog knows.
TEST(Errors, ExplainWhatCouldNotBeAskedForThen) {
  struct Case {
    FetchResult result;
    std::string_view errors;
  };
  const Case cases[] = {
      {ErrorCode::SUBGRAPH_UNREACHABLE, "[\"latestReviews\"] SUBGRAPH_UNREACHABLE\n"},
      {ok(R"({"data":{"_entities":[null]},"errors":[{"message":"m","path":["_entities",0]}]})"),
       "[\"latestReviews\",0,\"product\"] DOWNSTREAM_SERVICE_ERROR\n"},
      {ok(R"({"data":{"_entities":[{"sku":null}]},"errors":[{"message":"m"}]})"),
       "[\"latestReviews\"] DOWNSTREAM_SERVICE_ERROR\n"},
  };
  for (const Case& each : cases) {
    Script script("shop");
    script.on("reviews", "", R"({"data":{"latestReviews":[{"product":{"id":"1"}}]}})").on("catalog", "", each.result);
    EXPECT_EQ(errors_of(script.run("{ latestReviews { product { count } } }")), each.errors);
  }
}

TEST(Errors, BesideDataExplainWhatIsBelowIt) {
  Script script("shop");
  script.on("catalog", "", R"({"data":{"products":[{"sku":"a"},{"sku":null}]},"errors":[{"message":"m"}]})")
      .on("stock", "", R"({"data":{"_entities":[{"count":1}]}})");
  EXPECT_EQ(errors_of(script.run("{ products { count } }")), "- DOWNSTREAM_SERVICE_ERROR\n");
}

TEST(Errors, AreMaskedUnlessSettingsSayOtherwise) {
  const std::string body = R"({"data":{"product":null},"errors":[{"message":"db at 10.0.0.1","path":["product"],)"
                           R"("extensions":{"code":"TEAPOT","stack":"x"}}]})";
  Script script("shop");
  script.on("catalog", "", body);
  const std::string operation = "{ product(id: 1) { name } }";
  EXPECT_EQ(script.run(operation),
            R"({"data":{"product":null},"errors":[{"message":"the subgraph reported an error","path":["product"],)"
            R"("extensions":{"code":"DOWNSTREAM_SERVICE_ERROR"}}]})");
  EXPECT_EQ(script.run(operation, {}, 0,
                       {.show_subgraph_messages = true, .extension_codes = {"TEAPOT"}, .answer_bytes_max = 1000}),
            R"({"data":{"product":null},"errors":[{"message":"db at 10.0.0.1","path":["product"],)"
            R"("extensions":{"code":"TEAPOT"}}]})");
}

TEST(Errors, PoisonedInputsAreNotUsed) {
  Script script("shop");
  script.on("catalog", "",
            R"({"data":{"product":{"sku":"s","price":null}},"errors":[{"message":"m","path":["product","price"]}]})");
  EXPECT_TRUE(script.run("{ product(id: 1) { value } }").starts_with(R"({"data":{"product":{"value":null}})"));
  EXPECT_EQ(script.sent.size(), 1u);
}

}  // namespace
}  // namespace signet::execution
