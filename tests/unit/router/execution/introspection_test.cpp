// Spec: https://spec.graphql.org/September2025/#sec-Introspection
#include "tests/unit/router/execution/script.hpp"

namespace signet::execution {
namespace {

TEST(Introspection, AnswersWithoutSubgraphs) {
  Script script("shop");
  EXPECT_EQ(script.run(R"({ t: __type(name: "Color") { __typename kind name enumValues { name isDeprecated } } })"),
            R"({"data":{"t":{"__typename":"__Type","kind":"ENUM","name":"Color","enumValues":[)"
            R"({"name":"RED","isDeprecated":false},{"name":"BLUE","isDeprecated":false}]}}})");
  EXPECT_TRUE(script.sent.empty());
}

TEST(Introspection, UnwrapsTypes) {
  Script script("shop");
  EXPECT_EQ(
      script.run(
          R"(query ($n: String!) { __type(name: $n) { fields { name type { kind name ofType { kind ofType { name } } } } } })",
          R"({"n":"Warehouse"})"),
      R"({"data":{"__type":{"fields":[{"name":"city","type":{"kind":"SCALAR","name":"String","ofType":null}},)"
      R"({"name":"shelf","type":{"kind":"NON_NULL","name":null,"ofType":{"kind":"LIST","ofType":{"name":null}}}}]}}})");
}

TEST(Introspection, HidesMachineryAndUnknownTypes) {
  Script script("shop");
  EXPECT_EQ(script.run(R"({ a: __type(name: "join__Graph") { name } b: __type(name: "Nope") { name } })"),
            R"({"data":{"a":null,"b":null}})");
  const std::string all = script.run("{ __schema { types { name } directives { name } } }");
  EXPECT_EQ(all.find("join__"), std::string::npos);
  EXPECT_EQ(all.find("\"link\""), std::string::npos);
  EXPECT_NE(all.find("\"skip\""), std::string::npos);
}

TEST(Introspection, PrintsDefaults) {
  Script script("shop");
  EXPECT_EQ(script.run(R"({ __type(name: "Query") { fields { args { name defaultValue } } } })"),
            R"({"data":{"__type":{"fields":[{"args":[{"name":"id","defaultValue":null}]},)"
            R"({"args":[{"name":"first","defaultValue":"3"}]},{"args":[]},{"args":[]},{"args":[]},{"args":[]}]}}})");
}

TEST(Introspection, IsWrittenOnceWhereNoVariableHasASay) {
  Script script("shop");
  const std::string_view plain = R"({ a: __type(name: "Color") { name } __schema { types { name } } })";
  const std::string once = script.run(plain);
  EXPECT_TRUE(script.knew_introspection);
  script.introspection_bytes_max = 10;
  EXPECT_EQ(script.run(plain), once);
  EXPECT_FALSE(script.knew_introspection);
  script.introspection_bytes_max = SIZE_MAX;

  const std::string_view by_name = "query ($n: String!) { __type(name: $n) { name } }";
  EXPECT_EQ(script.run(by_name, R"({"n":"Color"})"), R"({"data":{"__type":{"name":"Color"}}})");
  EXPECT_EQ(script.run(by_name, R"({"n":"Warehouse"})"), R"({"data":{"__type":{"name":"Warehouse"}}})");
  EXPECT_FALSE(script.knew_introspection);
  script.run(R"(query ($d: Boolean) { __type(name: "Query") { fields(includeDeprecated: $d) { name } } })");
  EXPECT_FALSE(script.knew_introspection);
  script.run(
      R"(query ($d: Boolean) { __type(name: "Query") { fields(includeDeprecated: $d) { name } } __schema { queryType { name } } })");
  EXPECT_TRUE(script.knew_introspection);
}

TEST(Introspection, MixesWithData) {
  Script script("shop");
  script.on("stock", "", R"({"data":{"warehouse":{"city":"c"}}})");
  EXPECT_EQ(script.run("{ a: __typename warehouse { city } __schema { queryType { name } mutationType { name } "
                       "subscriptionType { name } } }"),
            R"({"data":{"a":"Query","warehouse":{"city":"c"},"__schema":{"queryType":{"name":"Query"},)"
            R"("mutationType":{"name":"Mutation"},"subscriptionType":null}}})");
}

}  // namespace
}  // namespace signet::execution
