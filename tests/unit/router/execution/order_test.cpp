// The answer does not depend on the order in which subgraphs answer.
#include "tests/unit/router/execution/script.hpp"

namespace signet::execution {
namespace {

constexpr std::string_view kOperation =
    "{ products { name verdict value count reviews { stars product { price } } } "
    "summary { total best { count } empty { name } } }";

Script scripted() {
  Script script("shop");
  script
      .on("catalog", "products",
          R"({"data":{"products":[{"name":"a","id":"1","sku":"s1","price":1.50,"weight":2},)"
          R"({"name":"b","id":"2","sku":"s2","price":null,"weight":3}],)"
          R"("summary":{"total":7,"best":{"sku":"s1"}}}})")
      .on("stock", "{summary", R"({"data":{"summary":{"empty":[{"sku":"s9"},{"sku":"s1"}]}}})")
      .on("stock", "_entities",
          R"({"data":{"_e0":[{"count":11},{"count":22}],"_e1":[{"value":10},{"value":20}],)"
          R"("_e2":[{"shipping":4.5},null]}})")
      .on("reviews", "verdict", R"({"data":{"_entities":[{"verdict":"good"}]}})")
      .on("reviews", "reviews",
          R"({"data":{"_entities":[{"reviews":[{"stars":5,"product":{"id":"1"}}]},{"reviews":[]}]}})")
      .on("catalog", "{price}", R"({"data":{"_entities":[{"price":1.50}]}})")
      .on("catalog", "{name}", R"({"data":{"_entities":[{"name":"z"},{"name":"a"}]}})");
  return script;
}

TEST(ExecutionOrder, AnyOrderGivesTheSameAnswer) {
  Script script = scripted();
  const std::string expected = R"({"data":{"products":[{"name":"a","verdict":"good","value":10,"count":11,)"
                               R"("reviews":[{"stars":5,"product":{"price":1.50}}]},)"
                               R"({"name":"b","verdict":null,"value":20,"count":22,"reviews":[]}],)"
                               R"("summary":{"total":7,"best":{"count":11},"empty":[{"name":"z"},{"name":"a"}]}}})";
  EXPECT_EQ(script.run(kOperation), expected);
  for (unsigned seed = 1; seed <= 200; ++seed) EXPECT_EQ(script.run(kOperation, {}, seed), expected) << seed;
}

TEST(ExecutionOrder, OneStageIsOneRequestPerSubgraph) {
  Script script = scripted();
  script.run(kOperation);
  ASSERT_EQ(script.sent.size(), 7u);
  const auto stock = std::ranges::find_if(
      script.sent, [](const std::string& sent) { return sent.starts_with("stock") && sent.contains("_e0:"); });
  ASSERT_NE(stock, script.sent.end());
  // The best product is one of the products: both positions share a list, and its representation goes once.
  EXPECT_NE(
      stock->find(R"("representations0":[{"__typename":"Product","sku":"s1"},{"__typename":"Product","sku":"s2"}],)"
                  R"("representations1":[{"__typename":"Product","sku":"s1","price":1.50},)"),
      std::string::npos)
      << *stock;
}

TEST(ExecutionOrder, MutationsWaitForAllThatComesBefore) {
  Script script("shop");
  script.on("catalog", "addProduct", R"({"data":{"addProduct":{"sku":"s1"}}})")
      .on("stock", "_entities", R"({"data":{"_entities":[{"count":1}]}})")
      .on("stock", "restock", R"({"data":{"restock":{"count":3}}})");
  EXPECT_EQ(script.run("mutation { addProduct(name: \"x\") { count } restock(id: 1, amount: 2) { count } }", {}, 5),
            R"({"data":{"addProduct":{"count":1},"restock":{"count":3}}})");
  ASSERT_EQ(script.sent.size(), 3u);
  EXPECT_NE(script.sent[0].find("addProduct"), std::string::npos);
  EXPECT_NE(script.sent[1].find("_entities"), std::string::npos);
  EXPECT_NE(script.sent[2].find("restock"), std::string::npos);
}

TEST(ExecutionOrder, AbandonedFetchesAreErrors) {
  Script script("shop");
  testing::Planned planned = testing::plan_text(script.supergraph(), "{ warehouse { city } products { name } }");
  Execution execution(script.supergraph(), planned.plan, std::move(planned.variables));
  size_t started = 0;
  execution.start([&](FetchRequest&&) { ++started; });
  EXPECT_EQ(started, 2u);
  EXPECT_FALSE(execution.done());
  execution.abandon(ErrorCode::ROUTER_TIMEOUT);
  EXPECT_TRUE(execution.done());
  std::string out;
  execution.write_response(out);
  EXPECT_EQ(execution.error_count(), 2u);
  EXPECT_EQ(out,
            R"({"data":null,"errors":[{"message":"the request took too long","path":["products"],)"
            R"("extensions":{"code":"ROUTER_TIMEOUT"}},{"message":"the request took too long","path":["warehouse"],)"
            R"("extensions":{"code":"ROUTER_TIMEOUT"}}]})");
}

}  // namespace
}  // namespace signet::execution
