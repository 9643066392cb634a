// Null propagation and checks of values, as tables.
// Spec: https://spec.graphql.org/September2025/#sec-Handling-Execution-Errors
#include "tests/unit/router/execution/script.hpp"

namespace signet::execution {
namespace {

struct Row {
  std::string_view operation, body, answer;
};

void check(std::string_view subgraph, std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    Script script("shop");
    script.on(std::string(subgraph), "", std::string(row.body));
    EXPECT_EQ(script.run(row.operation), row.answer) << row.body;
  }
}

TEST(Projection, NullsBubbleToTheNextNullablePlace) {
  check("catalog",
        {
            {"{ product(id: 1) { name } }", R"({"data":{"product":null}})", R"({"data":{"product":null}})"},
            {"{ product(id: 1) { name price } }", R"({"data":{"product":{"name":null,"price":1}}})",
             R"({"data":{"product":null},"errors":[{"message":"a subgraph returned null for a non-null field",)"
             R"("path":["product","name"],"extensions":{"code":"NON_NULL_VIOLATION"}}]})"},
            {"{ products { id } }", R"({"data":{"products":[{"id":"1"},null]}})",
             R"({"data":null,"errors":[{"message":"a subgraph returned null for a non-null field",)"
             R"("path":["products",1],"extensions":{"code":"NON_NULL_VIOLATION"}}]})"},
            {"{ product(id: 1) { related { id } } }", R"({"data":{"product":{"related":[{"id":"1"},{"id":null}]}}})",
             R"({"data":{"product":{"related":null}},"errors":[{"message":"a subgraph returned null for a non-null )"
             R"(field","path":["product","related",1,"id"],"extensions":{"code":"NON_NULL_VIOLATION"}}]})"},
            // Explained by the subgraph: not reported twice.
            {"{ product(id: 1) { name } }",
             R"({"data":{"product":null},"errors":[{"message":"secret","path":["product","name"]}]})",
             R"({"data":{"product":null},"errors":[{"message":"the subgraph reported an error",)"
             R"("path":["product","name"],"extensions":{"code":"DOWNSTREAM_SERVICE_ERROR"}}]})"},
        });
}

TEST(Projection, NullsInsideListsOfLists) {
  check("stock",
        {
            {"{ warehouse { shelf { count } } }", R"({"data":{"warehouse":{"shelf":[[{"count":1},null],[]]}}})",
             R"({"data":{"warehouse":{"shelf":[[{"count":1},null],[]]}}})"},
            {"{ warehouse { city shelf { count } } }",
             R"({"data":{"warehouse":{"city":"c","shelf":[[{"count":1}],null]}}})",
             R"({"data":{"warehouse":null},"errors":[{"message":"a subgraph returned null for a non-null )"
             R"(field","path":["warehouse","shelf",1],"extensions":{"code":"NON_NULL_VIOLATION"}}]})"},
        });
}

// Leaves that a subgraph writes next to each other, as the client wants them, are passed on in one piece.
TEST(Projection, WhatStandsNextToEachOther) {
  const auto answer = [](std::string_view fields, std::string_view product) {
    Script script("shop");
    script.on("catalog", "", fmt::format(R"({{"data":{{"product":{}}}}})", product));
    std::string text = script.run(fmt::format("{{ product(id: 1) {{ {} }} }}", fields));
    constexpr std::string_view kBegin = R"({"data":{"product":)";
    EXPECT_TRUE(text.starts_with(kBegin)) << text;
    return text.substr(kBegin.size());
  };
  constexpr std::string_view kAll = "id sku name price";
  const std::string whole = R"({"id":"1","sku":"s","name":"a name that takes many bytes","price":2.5})";
  EXPECT_EQ(answer(kAll, whole), whole + "}}");
  // As JSON it is the same; as text it is not.
  EXPECT_EQ(answer(kAll, R"({"id":"1", "sku":"s","name": "n","price" :3 })"),
            R"({"id":"1","sku":"s","name":"n","price":3}}})");
  EXPECT_EQ(answer(kAll, R"({"id":"1","s\u006bu":"s","name":"n","pric\u0065":3})"),
            R"({"id":"1","sku":"s","name":"n","price":3}}})");
  EXPECT_EQ(answer(kAll, R"({"sku":"s","id":"1","price":3,"name":"n"})"),
            R"({"id":"1","sku":"s","name":"n","price":3}}})");
  EXPECT_EQ(answer(kAll, R"({"id":"1","x":1,"sku":"s","name":"n","y":{},"price":3})"),
            R"({"id":"1","sku":"s","name":"n","price":3}}})");
  // What is written otherwise than it came, or is not there, stands between.
  EXPECT_EQ(answer(kAll, R"({"id":7,"sku":"s","name":"n","price":null})"),
            R"({"id":"7","sku":"s","name":"n","price":null}}})");
  EXPECT_EQ(answer("name price weight", R"({"name":"n","price":null,"weight":1})"),
            R"({"name":"n","price":null,"weight":1}}})");
  EXPECT_EQ(answer("name color price", R"({"name":"n","color":"RED","price":1})"),
            R"({"name":"n","color":"RED","price":1}}})");
  // Clients have names and an order of their own, and do not get what only the router asked for.
  EXPECT_EQ(answer("id n: sku name", R"({"id":"1","sku":"s","name":"n"})"), R"({"id":"1","n":"s","name":"n"}}})");
  EXPECT_EQ(answer("name sku: id", R"({"name":"n","id":"1"})"), R"({"name":"n","sku":"1"}}})");
  EXPECT_EQ(answer("id __typename sku", R"({"id":"1","sku":"s"})"), R"({"id":"1","__typename":"Product","sku":"s"}}})");
}

std::string one(std::string_view field, std::string_view value) {
  Script script("shop");
  script.on("catalog", "", fmt::format(R"({{"data":{{"product":{{"{}":{}}}}}}})", field, value));
  return script.run(fmt::format("{{ product(id: 1) {{ {} }} }}", field));
}

TEST(Projection, ValuesMustFitTheirType) {
  const std::string wrong =
      R"("errors":[{"message":"the subgraph returned a value that does not fit the field's type",)";
  for (std::string_view good : {"1", "1.50", "-0", "1e3"}) {
    EXPECT_EQ(one("price", good), fmt::format(R"({{"data":{{"product":{{"price":{}}}}}}})", good));
  }
  for (std::string_view bad : {"\"1\"", "true", "[1]", "{}"}) {
    EXPECT_EQ(one("price", bad), R"({"data":{"product":{"price":null}},)" + wrong +
                                     R"("path":["product","price"],"extensions":{"code":"SUBGRAPH_INVALID"}}]})")
        << bad;
  }
  EXPECT_EQ(one("color", "\"RED\""), R"({"data":{"product":{"color":"RED"}}})");
  EXPECT_EQ(one("color", "\"GREEN\""), R"({"data":{"product":{"color":null}},)" + wrong +
                                           R"("path":["product","color"],"extensions":{"code":"SUBGRAPH_INVALID"}}]})");
  EXPECT_EQ(one("id", "7"), R"({"data":{"product":{"id":"7"}}})");
  EXPECT_EQ(one("id", "\"7\""), R"({"data":{"product":{"id":"7"}}})");
}

// Spec: https://spec.graphql.org/September2025/#sec-Float.Result-Coercion
TEST(Projection, FloatsAreFinite) {
  const std::string digits(308, '9');
  for (const std::string& good : {digits, std::string("1.7976931348623157e308"), std::string("1e-400")}) {
    EXPECT_EQ(one("price", good), fmt::format(R"({{"data":{{"product":{{"price":{}}}}}}})", good));
  }
  for (const std::string& bad :
       {std::string("1e400"), std::string("-1E+400"), std::string("1e9223372036854775807"), digits + "99"}) {
    EXPECT_EQ(one("price", bad), R"({"data":{"product":{"price":null}},"errors":[)"
                                 R"({"message":"the subgraph returned a value that does not fit the field's type",)"
                                 R"("path":["product","price"],"extensions":{"code":"SUBGRAPH_INVALID"}}]})")
        << bad;
  }
}

TEST(Projection, IntegersHave32Bits) {
  const auto total = [](std::string_view value) {
    Script script("shop");
    script.on("catalog", "", fmt::format(R"({{"data":{{"summary":{{"total":{}}}}}}})", value));
    return script.run("{ summary { total } }");
  };
  EXPECT_EQ(total("2147483647"), R"({"data":{"summary":{"total":2147483647}}})");
  EXPECT_NE(total("2147483648").find("SUBGRAPH_INVALID"), std::string::npos);
  EXPECT_NE(total("1.5").find("SUBGRAPH_INVALID"), std::string::npos);
}

TEST(Projection, ObjectsWhereListsAreDueAndTheOtherWayRound) {
  Script script("shop");
  script.on("catalog", "", R"({"data":{"product":[{"related":1}]}})");
  EXPECT_EQ(script.run("{ product(id: 1) { related { id } } }"),
            R"({"data":{"product":null},"errors":[{"message":"the subgraph returned something else where an object is )"
            R"(due","path":["product"],"extensions":{"code":"SUBGRAPH_INVALID"}}]})");
}

TEST(Projection, AnswersHaveALimit) {
  Script script("shop");
  std::string products;
  for (int i = 0; i < 100; ++i) products += fmt::format("{}{{\"name\":\"{:050}\"}}", i == 0 ? "" : ",", i);
  script.on("catalog", "", fmt::format(R"({{"data":{{"products":[{}]}}}})", products));
  EXPECT_EQ(script.run("{ products { name } }", {}, 0,
                       {.show_subgraph_messages = false, .extension_codes = {}, .answer_bytes_max = 1000}),
            R"({"data":null,"errors":[{"message":"the answer is larger than 1000 bytes",)"
            R"("extensions":{"code":"SUBGRAPH_RESPONSE_TOO_LARGE"}}]})");
}

// One value under many names: the limit holds between fields, not only between objects.
TEST(Projection, AnswersBeyondTheirLimitAreNotWrittenOn) {
  Script script("shop");
  constexpr size_t kValueBytes = 100'000;
  script.on("stock", "", fmt::format(R"({{"data":{{"warehouse":{{"city":"{}"}}}}}})", std::string(kValueBytes, 'x')));
  std::string operation = "{ warehouse {";
  for (int i = 0; i < 30; ++i) operation += fmt::format(" c{}: city", i);
  const std::string answer = script.run(
      operation + " } }", {}, 0, {.show_subgraph_messages = false, .extension_codes = {}, .answer_bytes_max = 1000});
  EXPECT_TRUE(answer.starts_with(R"({"data":null,"errors":[{"message":"the answer is larger than 1000 bytes")"))
      << answer.substr(0, 200);
  EXPECT_LT(answer.capacity(), 10 * kValueBytes);
}

TEST(Projection, UnknownTypesAreNull) {
  Script script("library");
  script.on("a", "media", R"({"data":{"media":[{"__typename":"Game"},{"__typename":"Film","minutes":3},{}]}})");
  EXPECT_EQ(script.run("{ media { ... on Film { minutes } } }"),
            R"({"data":{"media":null},"errors":[)"
            R"({"message":"the subgraph returned an object of an unknown type","path":["media",0],)"
            R"("extensions":{"code":"SUBGRAPH_INVALID"}},)"
            R"({"message":"the subgraph returned an object of an unknown type","path":["media",2],)"
            R"("extensions":{"code":"SUBGRAPH_INVALID"}}]})");
}

}  // namespace
}  // namespace signet::execution
