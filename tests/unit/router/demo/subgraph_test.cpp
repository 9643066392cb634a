// The demo's executor over a small schema of its own: what it answers and what it refuses.
#include "router/demo/subgraph.hpp"

#include "router/demo/shop.hpp"
#include "router/json/writer.hpp"

namespace signet::demo {
namespace {

constexpr std::string_view kSdl = R"(
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
type Query {
  pet(name: String!): Pet
  pets(kinds: [Kind!] = [CAT, DOG]): [Pet!]
  echo(number: Int, text: String = "nothing", input: Filter): String
  broken: Cat
  nested: [[Int!]]
}
interface Pet { name: String! }
enum Kind { CAT DOG }
input Filter { least: Int! most: Int = 9 }
type Cat implements Pet @key(fields: "name") { name: String! lives: Int! soul: String! mate: Cat }
type Dog implements Pet { name: String! barks: Boolean }
)";

Value cat(std::string name) {
  return make_object("Cat", {{"name", std::move(name)}, {"lives", 9}});
}
Value dog(std::string name) {
  return make_object("Dog", {{"name", std::move(name)}, {"barks", true}});
}

std::string describe(const Object& object);

std::string describe(const Value& value) {
  if (value.is_null()) return "null";
  if (value.number()) return value.number()->text;
  if (value.text()) return *value.text();
  if (value.object()) return describe(*value.object());
  return "?";
}

std::string describe(const Object& object) {
  std::string out;
  for (const auto& [name, value] : object.fields) out += "(" + name + " " + describe(value) + ")";
  return out;
}

Subgraph pets() {
  return Subgraph({
      .name = "pets",
      .sdl = std::string(kSdl),
      .resolvers =
          {
              {"Query.pet",
               [](const Object&, const Object& arguments) -> Resolved {
                 return arguments.text("name") == "Rex" ? dog("Rex") : cat(std::string(arguments.text("name")));
               }},
              {"Query.pets",
               [](const Object&, const Object& arguments) -> Resolved {
                 List found;
                 for (const Value& kind : *arguments.find("kinds")->list()) {
                   found.push_back(*kind.text() == "CAT" ? cat("Tom") : dog("Rex"));
                 }
                 return found;
               }},
              {"Query.echo", [](const Object&, const Object& arguments) -> Resolved { return describe(arguments); }},
              {"Query.broken", [](const Object&, const Object&) -> Resolved { return std::unexpected("it broke"); }},
              {"Query.nested",
               [](const Object&, const Object&) -> Resolved {
                 return List{List{Value(1), Value(2)}, List{Value(3), Value()}};
               }},
          },
      .entities = {{"Cat",
                    [](const Object& representation) -> Value {
                      return representation.text("name") == "Tom" ? cat("Tom") : Value();
                    }}},
  });
}

std::string ask(std::string_view query, std::string_view variables = "{}") {
  std::string body;
  json::Writer(body).begin_object().key("query").value(query).key("variables").raw(variables).end_object();
  return pets().execute(body).body;
}

TEST(DemoSubgraph, AnswersInTheOrderOfTheDocument) {
  EXPECT_EQ(ask("{ b: pet(name: \"Tom\") { lives: name __typename } a: pet(name: \"Rex\") { name } }"),
            R"({"data":{"b":{"lives":"Tom","__typename":"Cat"},"a":{"name":"Rex"}}})");
}

TEST(DemoSubgraph, MergesSelectionsOfOneKey) {
  EXPECT_EQ(ask("query { pet(name: \"Tom\") { name } ...F } fragment F on Query { pet(name: \"Tom\") { __typename } }"),
            R"({"data":{"pet":{"name":"Tom","__typename":"Cat"}}})");
}

TEST(DemoSubgraph, FragmentsApplyByType) {
  EXPECT_EQ(ask("{ pets { ... on Cat { lives } ... on Dog { barks } ... on Pet { name } ... { __typename } } }"),
            R"({"data":{"pets":[{"lives":9,"name":"Tom","__typename":"Cat"},)"
            R"({"barks":true,"name":"Rex","__typename":"Dog"}]}})");
}

TEST(DemoSubgraph, SkipsAndIncludes) {
  EXPECT_EQ(ask("query($y: Boolean!) { a: echo @skip(if: $y) b: echo @include(if: $y) c: echo @include(if: false) }",
                R"({"y":true})"),
            R"x({"data":{"b":"(text nothing)"}})x");
}

TEST(DemoSubgraph, CoercesArgumentsAndVariables) {
  EXPECT_EQ(ask("query($n: Int = 4, $t: String) { echo(number: $n, text: $t, input: {least: 1}) }"),
            R"x({"data":{"echo":"(number 4)(text nothing)(input (least 1)(most 9))"}})x");
  EXPECT_EQ(ask("query($f: Filter!) { echo(text: null, input: $f) }", R"({"f":{"least":12345678901234567890}})"),
            R"x({"data":{"echo":"(text null)(input (least 12345678901234567890)(most 9))"}})x");
}

TEST(DemoSubgraph, RefusesVariablesThatDoNotFit) {
  EXPECT_EQ(ask("query($f: Filter!) { echo(input: $f) }", R"({"f":{"most":1}})"),
            R"({"errors":[{"message":"variable $f: Filter.least: a value of type Int! is due"}]})");
  EXPECT_EQ(ask("query($f: Filter!) { echo(input: $f) }", R"({"f":{"least":1,"x":1}})"),
            R"({"errors":[{"message":"variable $f: Filter has no field \"x\""}]})");
  EXPECT_EQ(ask("query($k: [Kind!]) { pets(kinds: $k) { name } }", R"({"k":["COW"]})"),
            R"({"errors":[{"message":"variable $k: a value of type Kind is due"}]})");
  EXPECT_EQ(ask("query($n: String!) { pet(name: $n) { name } }"),
            R"({"errors":[{"message":"variable $n: a value of type String! is due"}]})");
}

TEST(DemoSubgraph, RefusesWhatTheSchemaDoesNotKnow) {
  const auto message = [](std::string_view query) {
    const std::string answer = ask(query);
    const size_t from = answer.find(R"("message":")") + 11;
    return answer.substr(from, answer.find(R"(","locations)") - from);
  };
  EXPECT_EQ(message("{ cow }"), R"(Query has no field \"cow\")");
  EXPECT_EQ(message("{ pet(name: \"x\") { lives } }"), R"(Pet has no field \"lives\")");
  EXPECT_EQ(message("{ echo(volume: 1) }"), R"(Query.echo has no argument \"volume\")");
  EXPECT_EQ(message("{ echo { length } }"), "Query.echo is the leaf String: select nothing in it");
  EXPECT_EQ(message("{ pets }"), "Query.pets is of type Pet: select fields of it");
  EXPECT_EQ(message("{ ...Ghost }"), R"(there is no fragment \"Ghost\")");
  EXPECT_EQ(message("{ ...F } fragment F on Query { ...F }"), R"(fragment \"F\" contains itself)");
  EXPECT_EQ(message("{ ... on Cat { name } }"), "no Query can be a Cat");
  EXPECT_EQ(message("{ echo(number: $n) }"), "variable $n is not defined");
  EXPECT_EQ(message("{ echo @defer }"), "there is no directive @defer");
  EXPECT_EQ(message("mutation { x }"), "the subgraph has no operations of this type");
}

TEST(DemoSubgraph, NullsBubbleToTheNearestNullablePosition) {
  EXPECT_EQ(ask("{ pet(name: \"Tom\") { ... on Cat { soul } } }"),
            R"({"data":{"pet":null},"errors":[{"message":"null where the schema promises a value",)"
            R"("path":["pet","soul"]}]})");
  EXPECT_EQ(ask("{ broken { name } pet(name: \"Tom\") { name } }"),
            R"({"data":{"broken":null,"pet":{"name":"Tom"}},"errors":[{"message":"it broke","path":["broken"]}]})");
  EXPECT_EQ(ask("{ nested }"),
            R"({"data":{"nested":[[1,2],null]},"errors":[{"message":"null where the schema promises a value",)"
            R"("path":["nested",1,1]}]})");
}

TEST(DemoSubgraph, FindsEntities) {
  EXPECT_EQ(
      ask("query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Cat { name mate { name } } } }",
          R"({"r":[{"__typename":"Cat","name":"Tom"},{"__typename":"Cat","name":"Nobody"}]})"),
      R"({"data":{"_entities":[{"__typename":"Cat","name":"Tom","mate":null},null]}})");
  EXPECT_EQ(ask("{ _entities(representations: [{__typename: \"Dog\"}]) { __typename } }"),
            R"({"data":null,"errors":[{"message":"subgraph pets has no entity \"Dog\"","path":["_entities"]}]})");
}

TEST(DemoSubgraph, TellsItsSchema) {
  const std::string answer = ask("{ _service { sdl } }");
  EXPECT_NE(answer.find("type Cat implements Pet @key"), std::string::npos);
  EXPECT_EQ(answer.find("_Entity"), std::string::npos) << "the federation fields are not the authors'";
}

TEST(DemoSubgraph, ChoosesOperationsByName) {
  const auto answer = [](std::string_view name) {
    std::string body;
    json::Writer(body)
        .begin_object()
        .key("query")
        .value("query A { a: __typename } query B { b: __typename }")
        .key("operationName")
        .value(name)
        .end_object();
    return pets().execute(body).body;
  };
  EXPECT_EQ(answer("B"), R"({"data":{"b":"Query"}})");
  EXPECT_EQ(answer("C"), R"({"errors":[{"message":"name one operation of the document in operationName"}]})");
}

TEST(DemoSubgraph, ALeftOutVariableLeavesOutTheFieldOfAnInputObject) {
  EXPECT_EQ(ask("query($m: Int) { echo(input: {least: 1, most: $m}) }"), ask("query { echo(input: {least: 1}) }"));
}

TEST(DemoSubgraph, CustomScalarsAreAnyJson) {
  const Subgraph subgraph({.name = "blobs",
                           .sdl = "scalar Blob type Query { blob: Blob }",
                           .resolvers = {{"Query.blob",
                                          [](const Object&, const Object&) -> Resolved {
                                            return List{Value(), true,
                                                        make_object("", {{"a\"", Number{"1e400"}}, {"b", List{}}})};
                                          }}},
                           .entities = {}});
  EXPECT_EQ(subgraph.execute(R"({"query":"{blob}"})").body, R"({"data":{"blob":[null,true,{"a\"":1e400,"b":[]}]}})");
}

TEST(DemoSubgraph, RefusesWhatIsNoRequest) {
  EXPECT_TRUE(pets().execute("no").body.starts_with(R"({"errors":[{"message":"the request is not JSON: )"));
  EXPECT_NE(ask("{ pet").find(R"("locations":[{"line":1,"column":)"), std::string::npos);
}

}  // namespace
}  // namespace signet::demo
