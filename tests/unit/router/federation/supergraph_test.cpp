#include "router/federation/supergraph.hpp"

#include <gtest/gtest.h>
#include <regex>

#include "router/federation/plan_print.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/planning.hpp"
#include "tests/support/small_config.hpp"

namespace signet::federation {
namespace {

/// The shop with one piece of text replaced.
std::string edited(std::string_view from, std::string_view to) {
  std::string sdl = testing::golden_supergraph("shop");
  const size_t at = sdl.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return sdl.replace(at, from.size(), to);
}

std::string first_error(const std::string& sdl) {
  const auto loaded = load_supergraph(sdl);
  return loaded ? "" : loaded.error().front().message;
}

TEST(Supergraph, ReadsSubgraphs) {
  const auto supergraph = load_supergraph(testing::golden_supergraph("shop"));
  ASSERT_TRUE(supergraph);
  ASSERT_EQ(supergraph->subgraphs.size(), 3u);
  const SubgraphId stock = supergraph->find_subgraph("stock");
  ASSERT_TRUE(stock);
  EXPECT_EQ(supergraph->subgraphs[stock].enum_id, "STOCK");
  EXPECT_EQ(supergraph->subgraphs[stock].url, "http://stock.test/graphql");
  EXPECT_FALSE(supergraph->find_subgraph("STOCK"));
}

TEST(Supergraph, HidesItsMachinery) {
  const auto supergraph = load_supergraph(testing::golden_supergraph("shop"));
  ASSERT_TRUE(supergraph);
  EXPECT_FALSE(supergraph->schema.find_type("join__Graph"));
  EXPECT_FALSE(supergraph->schema.find_directive("join__type"));
  EXPECT_TRUE(supergraph->schema.find_type("Product"));
}

TEST(Supergraph, MayBeAnExecutionConfig) {
  const auto supergraph = load_supergraph(testing::kSmallConfig);
  ASSERT_TRUE(supergraph) << supergraph.error().front().message;
  const SubgraphId books = supergraph->find_subgraph("books");
  ASSERT_TRUE(books);
  EXPECT_EQ(supergraph->subgraphs[books].url, "https://books.test/graphql");
  const testing::Planned planned = testing::plan_text(*supergraph, "{ me { wrote { title label } } }");
  EXPECT_EQ(planned.error, "");
  ASSERT_TRUE(planned.plan);
  const std::string plan = print_plan(*supergraph, *planned.plan);
  EXPECT_NE(plan.find("users"), std::string::npos) << plan;
  EXPECT_NE(plan.find("label"), std::string::npos) << plan;
  const auto schema = load_schema(testing::kSmallConfig);
  ASSERT_TRUE(schema);
  EXPECT_FALSE(schema->find_field(schema->find_type("User"), "name"));
  EXPECT_TRUE(schema->find_field(schema->find_type("User"), "wrote"));
}

TEST(Supergraph, ErrorsOfAnExecutionConfigNameItsMembers) {
  EXPECT_EQ(first_error(testing::small_config_with("\"kind\": \"GRAPHQL\", \"id\": \"1\"", "\"id\": \"1\"")),
            "engineConfig.datasourceConfigurations[1].kind: subgraph \"books\": data sources of kind STATIC are not "
            "supported");
  const auto loaded = load_supergraph(
      testing::small_config_with("\"keys\": [{\"typeName\": \"Book\", \"selectionSet\": \"isbn\"}]", "\"keys\": []"));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().front().message,
            "the graph of the execution config: field \"Book.label\" cannot be reached at query.books.label: subgraph "
            "\"books\" has it, but no resolvable key of \"Book\"");
  EXPECT_EQ(loaded.error().front().position.line, 0u);
}

TEST(Supergraph, NamesWhatItRefuses) {
  struct Case {
    std::string_view from, to, message;
  };
  const Case cases[] = {
      {"@join__type(graph: STOCK, key: \"sku\")", "@join__type(graph: STOCK, key: \"sku\", isInterfaceObject: true)",
       "@interfaceObject on \"Product\" in subgraph \"stock\" is not supported"},
      {"color: Color @join__field(graph: CATALOG)",
       "color: Color @join__field(graph: CATALOG, override: \"stock\", overrideLabel: \"percent(1)\")",
       "@join__field(overrideLabel:) on \"Product.color\" is not supported: progressive @override"},
      {"color: Color @join__field(graph: CATALOG)", "color: Color @join__field(graph: NOWHERE)",
       "@join__field(graph: NOWHERE) names no value of enum join__Graph"},
      {"requires: \"price\"", "requires: \"cost\"",
       "requires \"cost\" of \"Product.value\": \"Product\" has no field \"cost\""},
      {"provides: \"name\"", "provides: \"name { x }\"",
       "provides \"name { x }\" of \"Review.product\": \"Product.name\" cannot have a selection"},
      {"@join__type(graph: STOCK, key: \"sku\")", "@join__type(graph: STOCK, key: \"sku\", resolvable: false)",
       "field \"Product.count\" cannot be reached at query.product.count: subgraph \"stock\" has it, but no resolvable "
       "key "
       "of \"Product\""},
      {"sku: String! @join__field(graph: CATALOG)", "sku: String! @join__field(graph: CATALOG, external: true)",
       "field \"Product.sku\" cannot be reached at query.product.sku: subgraph \"stock\" needs its key \"sku\", "
       "and "
       "nothing there provides \"sku\""},
      {"weight: Float @join__field(graph: CATALOG)", "weight: Float @join__field(graph: CATALOG, external: true)",
       "field \"Product.weight\" cannot be reached at query.product.weight: no subgraph resolves it"},
  };
  for (const Case& each : cases) {
    std::string sdl = edited(each.from, each.to);
    if (each.to.find("overrideLabel") != std::string_view::npos) {
      const size_t at = sdl.find("usedOverridden: Boolean)");
      sdl.insert(at, "overrideLabel: String, ");
    }
    EXPECT_EQ(first_error(sdl), each.message);
  }
}

TEST(Supergraph, RefusesJoinsThatContradictEachOther) {
  struct Case {
    std::string_view supergraph, from, to, message;
  };
  const Case cases[] = {
      {"shop", "STOCK @join__graph(name: \"stock\"", "STOCK @join__graph(name: \"catalog\"",
       "enum join__Graph names subgraph \"catalog\" twice: CATALOG and STOCK"},
      {"shop", "type Query @join__type(graph: CATALOG) @join__type(graph: STOCK) @join__type(graph: REVIEWS)",
       "type Query", "no subgraph has the query type \"Query\""},
      {"shop", "type Mutation @join__type(graph: CATALOG) @join__type(graph: STOCK)", "type Mutation",
       "no subgraph has the mutation type \"Mutation\""},
      {"shop", "color: Color @join__field(graph: CATALOG)",
       "color: Color @join__field(graph: CATALOG) @join__field(graph: CATALOG, external: true)",
       "@join__field on \"Product.color\" names subgraph \"catalog\" twice"},
      {"shop", "text: String", "text: String @join__field(graph: STOCK)",
       "@join__field on \"Review.text\" names subgraph \"stock\", but \"Review\" is not joined to it"},
      {"library", "@join__unionMember(graph: B, member: \"Tape\")", "@join__unionMember(graph: A, member: \"Tape\")",
       "@join__unionMember on \"Found\" names subgraph \"a\", but \"Tape\" is not joined to it"},
      {"library", "union Found\n  @join__type(graph: A)", "union Found",
       "@join__unionMember on \"Found\" names subgraph \"a\", but \"Found\" is not joined to it"},
      {"library", "@join__implements(graph: A, interface: \"Media\")\n",
       "@join__implements(graph: C, interface: \"Media\")\n",
       "@join__implements on \"Book\" names subgraph \"c\", but \"Media\" is not joined to it"},
      {"library", "type Film implements Media @join__implements(graph: A, interface: \"Media\") @join__type(graph: A)",
       "type Film implements Media @join__implements(graph: A, interface: \"Media\")",
       "@join__implements on \"Film\" names subgraph \"a\", but \"Film\" is not joined to it"},
  };
  for (const Case& each : cases) {
    std::string sdl = testing::golden_supergraph(std::string(each.supergraph));
    const size_t at = sdl.find(each.from);
    ASSERT_NE(at, std::string::npos) << each.from;
    sdl.replace(at, each.from.size(), each.to);
    const auto loaded = load_supergraph(sdl);
    EXPECT_FALSE(loaded) << each.message;
    if (loaded) continue;
    EXPECT_EQ(loaded.error().front().message, each.message);
    EXPECT_GT(loaded.error().front().position.line, 20u) << each.message;
  }
}

TEST(Supergraph, AnIllegalCycleOfRequirementsIsUnreachable) {
  // shipping needs verdict, which needs shipping.
  std::string sdl = edited("requires: \"weight price\"", "requires: \"verdict\"");
  const std::string line = "requires: \"name shipping\")";
  sdl.replace(sdl.find(line), line.size(), line + " @join__field(graph: STOCK, external: true)");
  EXPECT_EQ(first_error(sdl),
            "field \"Product.shipping\" cannot be reached at query.product.shipping: subgraph \"stock\" needs its key "
            "\"sku\" and "
            "\"verdict\", and nothing there provides \"verdict\"");
}

TEST(Supergraph, SaysWhatIsMissingBelowCompositeFields) {
  std::string sdl = testing::golden_supergraph("parcels");
  const std::string line = "length: Int @join__field(graph: RULER)";
  sdl.replace(sdl.find(line), line.size(), "length: Int @join__field(graph: RULER, external: true)");
  EXPECT_EQ(
      first_error(sdl),
      "field \"Parcel.postage\" cannot be reached at query.parcel.postage: subgraph \"post\" needs its key \"id\" "
      "and \"facts { weight length }\", and nothing there provides \"facts.length\"");
}

/// Every spec may be linked under another name, and what it defines imported under yet another one.
TEST(Supergraph, HonoursRenamesOfSpecs) {
  constexpr std::string_view operation = "{ products { name verdict } }";
  const auto plan = [&](const std::string& sdl) {
    const auto loaded = load_supergraph(sdl);
    if (!loaded) return loaded.error().front().message;
    const testing::Planned planned = testing::plan_text(*loaded, operation);
    return planned.plan ? print_plan(*loaded, *planned.plan, true) : planned.error;
  };
  const std::string plainly = testing::golden_supergraph("shop");
  std::string renamed = std::regex_replace(plainly, std::regex("join__field"), "resolvedBy");
  renamed = std::regex_replace(renamed, std::regex("join__"), "j__");
  renamed = std::regex_replace(renamed, std::regex("link__"), "l__");
  renamed = std::regex_replace(renamed, std::regex("@link\\("), "@l(");
  renamed = std::regex_replace(renamed, std::regex("link/v1.0\""), "$&, as: \"l\"");
  renamed = std::regex_replace(renamed, std::regex("join/v0.3\""),
                               "$&, as: \"j\", import: [{name: \"@field\", as: \"@resolvedBy\"}]");
  ASSERT_NE(plan(plainly).find("verdict"), std::string::npos);
  EXPECT_EQ(plan(renamed), plan(plainly));
  EXPECT_FALSE(load_supergraph(renamed)->schema.find_directive("resolvedBy"));
}

TEST(Supergraph, ReadsEveryVersionOfJoin) {
  const std::string v3 = testing::golden_supergraph("shop");
  for (const char* version : {"join/v0.4", "join/v0.5"}) {
    std::string sdl = std::regex_replace(v3, std::regex("join/v0.3"), version);
    // What the later versions add, unused.
    sdl = std::regex_replace(
        sdl, std::regex("usedOverridden: Boolean\\)"),
        "usedOverridden: Boolean, overrideLabel: String, contextArguments: [join__ContextArgument!])");
    sdl +=
        "directive @join__directive(graphs: [join__Graph!], name: String!, args: join__DirectiveArguments) repeatable "
        "on "
        "SCHEMA | OBJECT | INTERFACE | FIELD_DEFINITION\nscalar join__DirectiveArguments\nscalar join__FieldValue\n"
        "input join__ContextArgument { name: String! type: String! context: String! selection: join__FieldValue! }\n";
    EXPECT_EQ(first_error(sdl), "") << version;
    EXPECT_FALSE(load_supergraph(sdl)->schema.find_type("join__ContextArgument"));
  }
  // join v0.1 and v0.2: old_joins_test.cpp.
}

TEST(Supergraph, ErrorsHavePlaces) {
  const auto loaded =
      load_supergraph(edited("color: Color @join__field(graph: CATALOG)", "color: Color @join__field(graph: X)"));
  ASSERT_FALSE(loaded);
  EXPECT_GT(loaded.error().front().position.line, 30u);
}

TEST(Supergraph, RefusesOtherSchemas) {
  EXPECT_NE(first_error("type Query { a: Int }"), "");
  EXPECT_NE(first_error(""), "");
  EXPECT_NE(first_error("type Query {"), "");
}

TEST(Supergraph, FieldSetsHoldFieldsOnly) {
  const std::pair<const char*, const char*> cases[] = {
      {"cost: price", "aliases cannot stand in a field set"},
      {"price @skip(if: true)", "directives cannot stand in a field set"},
      {"...F", "named fragments cannot stand in a field set"},
  };
  for (const auto& [set, problem] : cases) {
    EXPECT_EQ(first_error(edited("requires: \"price\"", fmt::format("requires: \"{}\"", set))),
              fmt::format("requires \"{}\" of \"Product.value\": {}", set, problem));
  }
}

TEST(Supergraph, SubgraphsDeclareWhatTheirFieldSetsName) {
  const std::array<std::string_view, 3> cases[] = {
      {"@join__type(graph: STOCK, key: \"sku\")", "@join__type(graph: STOCK, key: \"name\")",
       "key \"name\" of \"Product\": subgraph \"stock\" has no field \"Product.name\""},
      {"provides: \"name\"", "provides: \"color\"",
       "provides \"color\" of \"Review.product\": subgraph \"reviews\" has no field \"Product.color\""},
      {"requires: \"price\"", "requires: \"color\"",
       "requires \"color\" of \"Product.value\": subgraph \"stock\" has no field \"Product.color\""},
      {"requires: \"price\"", "requires: \"price(a: 1)\"",
       "requires \"price(a: 1)\" of \"Product.value\": \"Product.price\" has no argument \"a\""},
  };
  for (const auto& [from, to, message] : cases) EXPECT_EQ(first_error(edited(from, to)), message);
}

}  // namespace
}  // namespace signet::federation
