#include "router/operation/limits.hpp"

#include "fixture.hpp"

namespace signet::operation {
namespace {

OperationMeasures measured(std::string_view source) {
  return measure(parsed(source), graphql::OperationId(0));
}

TEST(Limits, MeasuresTheExpandedOperation) {
  const OperationMeasures plain = measured("{a {b {c}} x: a {b {d}} e}");
  EXPECT_EQ(plain.depth, 3u);
  EXPECT_EQ(plain.height, 5u);  // a, a.b, a.b.c, a.b.d, e
  EXPECT_EQ(plain.aliases, 1u);
  EXPECT_EQ(plain.root_fields, 3u);
  EXPECT_EQ(plain.expanded_selections, 7u);

  const OperationMeasures fragments = measured(
      "query ($v: Int @d) @d {...F ...F a {...G} ... @d @d {x: b}}"
      "fragment F on Query @d {a {...G} y: b}"
      "fragment G on T {c {d @d}}");
  EXPECT_EQ(fragments.depth, 3u);
  EXPECT_EQ(fragments.height, 4u);  // a, a.c, a.c.d, b
  EXPECT_EQ(fragments.aliases, 3u);
  EXPECT_EQ(fragments.root_fields, 6u);
  EXPECT_EQ(fragments.directives, 9u);  // operation, variable, 2 on the fragment, 2 of F, 3 in G
  EXPECT_EQ(fragments.directives_at_one_location, 2u);
  EXPECT_EQ(fragments.expanded_selections, 12u);
}

// Attack G13: the same operation told with and without fragments measures the same.
TEST(Limits, FragmentsDoNotHideAnything) {
  const OperationMeasures inlined = measured("{a {b {c x: d}} a {b {c x: d}}}");
  const OperationMeasures spread = measured(
      "{...F ... {...F}} fragment F on Q {a {...G}} fragment G on T {... on T {b {...H}}} fragment H on U {c x: d}");
  EXPECT_EQ(spread.depth, inlined.depth);
  EXPECT_EQ(spread.height, inlined.height);
  EXPECT_EQ(spread.aliases, inlined.aliases);
  EXPECT_EQ(spread.root_fields, inlined.root_fields);
  EXPECT_EQ(spread.expanded_selections, inlined.expanded_selections);
}

// Attacks G5 and G14: counts saturate instead of wrapping.
TEST(Limits, SaturatesOnFragmentBombs) {
  for (const size_t depth : {63u, 64u, 65u, 1000u}) {
    const OperationMeasures bomb = measured(fragment_bomb(depth, 2, "Q", "x: a @d"));
    EXPECT_EQ(bomb.expanded_selections, depth == 63 ? uint64_t{1} << 63 : UINT64_MAX) << depth;
    EXPECT_EQ(bomb.aliases, bomb.expanded_selections);
    EXPECT_EQ(bomb.directives, bomb.expanded_selections);
    EXPECT_EQ(bomb.height, 1u);
    EXPECT_EQ(bomb.depth, 1u);
  }
}

// Attacks G4 and G6: limits are measured before validation has refused cycles; long chains need no deep stack.
TEST(Limits, SurvivesCyclesAndChains) {
  EXPECT_EQ(measured("{...F} fragment F on Q {a ...F}").expanded_selections, 1u);
  EXPECT_EQ(measured("{...F} fragment F on Q {a {...G}} fragment G on Q {b {...F} ...G}").depth, 2u);
  EXPECT_EQ(measured("{...Unknown a}").root_fields, 1u);
  EXPECT_EQ(measured(fragment_bomb(100'000, 1, "Q", "a")).expanded_selections, 1u);
  std::string nested = "{...f0}";
  for (size_t i = 0; i < 20'000; ++i) nested += fmt::format("fragment f{} on Q {{a {{...f{}}}}}", i, i + 1);
  const OperationMeasures chain = measured(nested + "fragment f20000 on Q {b}");
  EXPECT_EQ(chain.depth, 20'001u);
  EXPECT_EQ(chain.height, 20'001u);
}

// Attack G11
TEST(Limits, FindsIntrospectionAnywhere) {
  for (const char* source : {"{__schema {types {name}}}", "{a {...F}} fragment F on Q {x: __type(name: \"A\") {kind}}",
                             "{... @skip(if: true) {__schema {description}}}"}) {
    EXPECT_TRUE(introspection_used(parsed(source), graphql::OperationId(0))) << source;
  }
  for (const char* source :
       {"{__typename a {__typename}}", "{schema: a}", "query A {a} query B {__schema {description}}",
        "{...__schema} fragment __schema on Q {__type: a}"}) {
    EXPECT_FALSE(introspection_used(parsed(source), graphql::OperationId(0))) << source;
  }
}

}  // namespace
}  // namespace signet::operation
