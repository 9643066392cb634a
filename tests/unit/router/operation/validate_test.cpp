#include "router/operation/prepare.hpp"

#include "fixture.hpp"

namespace signet::operation {
namespace {

struct Case {
  const char* section;  // of https://spec.graphql.org/September2025/
  const char* source;
  const char* error;  // empty: valid
};

std::string first_error(std::string_view source) {
  const graphql::Document document = parsed(source);
  const auto errors = validate(document, pets());
  return errors.empty() ? "" : errors.front().message;
}

void expect(std::span<const Case> cases) {
  for (const Case& test : cases) EXPECT_EQ(first_error(test.source), test.error) << test.section << ": " << test.source;
}

TEST(Validate, Operations) {
  constexpr Case kCases[] = {
      {"#sec-Operation-Name-Uniqueness", "query A {dog {barks}} query B {dog {barks}}", ""},
      {"#sec-Operation-Name-Uniqueness", "query A {dog {barks}} mutation A {rename(name: \"\") {barks}}",
       "there can be only one operation named \"A\""},
      {"#sec-Lone-Anonymous-Operation", "{dog {barks}} query A {dog {barks}}",
       "an anonymous operation must be the only operation of its document"},
      {"#sec-Single-Root-Field", "subscription {barked {barks}}", ""},
      {"#sec-Single-Root-Field", "subscription {barked {barks} ...F} fragment F on Subscription {barked {name}}", ""},
      {"#sec-Single-Root-Field", "subscription {barked {barks} meowed {meows}}",
       "a subscription must select only one field at its root"},
      {"#sec-Single-Root-Field", "subscription {...F} fragment F on Subscription {barked {name} meowed {name}}",
       "a subscription must select only one field at its root"},
      {"#sec-Single-Root-Field", "subscription {__typename}",
       "a subscription may not select an introspection field at its root"},
      {"#sec-Single-Root-Field", "subscription {barked @skip(if: true) {barks}}",
       "a subscription may not use @skip or @include at its root"},
  };
  expect(kCases);
  EXPECT_EQ(validate(parsed("mutation {a}"), built("type Query {a: Int}")).front().message,
            "the schema has no root type for this kind of operation");
}

TEST(Validate, Fields) {
  constexpr Case kCases[] = {
      {"#sec-Field-Selections", "{dog {barks} __typename}", ""},
      {"#sec-Field-Selections", "{dog {meows}}", "cannot query field \"meows\" here"},
      {"#sec-Field-Selections", "{animal {name}}", "cannot query field \"name\" here"},
      {"#sec-Field-Selections", "{animal {__typename}}", ""},
      {"#sec-Field-Selections", "{dog {secret}}", "cannot query field \"secret\" here"},
      {"#sec-Field-Selections", "{dog {__schema {description}}}", "cannot query field \"__schema\" here"},
      {"#sec-Field-Selections", "{_service {sdl}}", "cannot query field \"_service\" here"},
      {"#sec-Field-Selections",
       "{__schema {types {name fields(includeDeprecated: true) {name}}} __type(name: \"A\") {kind}}", ""},
      {"#sec-Leaf-Field-Selections", "{dog}", "field \"dog\" must have a selection of subfields"},
      {"#sec-Leaf-Field-Selections", "{dog {barks {x}}}",
       "field \"barks\" must not have a selection, since it has no subfields"},
      {"#sec-Leaf-Field-Selections", "{__typename {x}}",
       "field \"__typename\" must not have a selection, since it has no subfields"},
  };
  expect(kCases);
}

TEST(Validate, Arguments) {
  constexpr Case kCases[] = {
      {"#sec-Argument-Names", "{pet(id: 1) {name(surname: true)}}", ""},
      {"#sec-Argument-Names", "{pet(no: 1) {name}}", "unknown argument \"no\" on \"pet\""},
      {"#sec-Argument-Names", "{pet(hidden: 1) {name}}", "unknown argument \"hidden\" on \"pet\""},
      {"#sec-Argument-Names", "{dog @skip(unless: true) {name}}", "unknown argument \"unless\" on \"skip\""},
      {"#sec-Argument-Names", "{__typename(a: 1)}", "unknown argument \"a\" on \"__typename\""},
      {"#sec-Argument-Uniqueness", "{pet(id: 1, id: 2) {name}}", "there can be only one argument named \"id\""},
      {"#sec-Required-Arguments", "{need}", "\"need\" lacks a required argument"},
      {"#sec-Required-Arguments", "{find}", ""},
      {"#sec-Required-Arguments", "{dog @skip {name}}", "\"skip\" lacks a required argument"},
  };
  expect(kCases);
}

TEST(Validate, Fragments) {
  constexpr Case kCases[] = {
      {"#sec-Fragment-Name-Uniqueness", "{dog {...F}} fragment F on Dog {name} fragment F on Dog {name}",
       "there can be only one fragment named \"F\""},
      {"#sec-Fragment-Spread-Type-Existence", "{dog {... on Nope {name}}}", "unknown type \"Nope\""},
      {"#sec-Fragment-Spread-Type-Existence", "{animal {... on Hidden {name}}}", "unknown type \"Hidden\""},
      {"#sec-Fragments-on-Object-Interface-or-Union-Types", "{dog {... on Int {name}}}",
       "a fragment cannot have the condition \"Int\", which has no fields"},
      {"#sec-Fragments-Must-Be-Used", "{dog {name}} fragment F on Dog {name}", "fragment \"F\" is never used"},
      {"#sec-Fragments-Must-Be-Used", "{dog {name}} fragment F on Dog {...G} fragment G on Dog {name}",
       "fragment \"F\" is never used"},
      {"#sec-Fragment-Spread-Target-Defined", "{dog {...F}}", "unknown fragment \"F\""},
      {"#sec-Fragment-Spreads-Must-Not-Form-Cycles", "{dog {...F}} fragment F on Dog {name ...F}",
       "fragment \"F\" cannot spread itself"},
      {"#sec-Fragment-Spreads-Must-Not-Form-Cycles",
       "{dog {...F}} fragment F on Dog {friend {...G}} fragment G on Dog {name ...H @skip(if: true)} fragment H on Dog "
       "{...F}",
       "fragment \"F\" cannot spread itself"},
      {"#sec-Fragment-Spread-Is-Possible", "{dog {... on Pet {name} ... on Animal {... on Dog {barks}}}}", ""},
      {"#sec-Fragment-Spread-Is-Possible", "{dog {... on Cat {name}}}",
       "fragment \"Cat\" cannot be spread here: no object can be of both types"},
      {"#sec-Fragment-Spread-Is-Possible", "{human {...F}} fragment F on Pet {name}",
       "fragment \"F\" cannot be spread here: no object can be of both types"},
  };
  expect(kCases);
}

TEST(Validate, Values) {
  constexpr Case kCases[] = {
      {"#sec-Values-of-Correct-Type", "{find(filter: {need: 1, tags: 5, mood: SAD, deep: {need: 2}, min: 3})}", ""},
      {"#sec-Values-of-Correct-Type", "{find(x: 2147483647, f: 1, s: \"a\", b: true, ints: [1, 2], json: {a: [E]})}",
       ""},
      {"#sec-Values-of-Correct-Type", "{find(x: 2147483648)}",
       "this literal does not fit the scalar type expected here"},
      {"#sec-Values-of-Correct-Type", "{find(x: 1.0)}", "this literal does not fit the scalar type expected here"},
      {"#sec-Values-of-Correct-Type", "{find(s: 1)}", "this literal does not fit the scalar type expected here"},
      {"#sec-Values-of-Correct-Type", "{find(b: \"true\")}", "this literal does not fit the scalar type expected here"},
      {"#sec-Values-of-Correct-Type", "{find(x: null)}", "null is not allowed here"},
      {"#sec-Values-of-Correct-Type", "{find(ints: [null])}", "null is not allowed here"},
      {"#sec-Values-of-Correct-Type", "{find(ints: null)}", ""},
      {"#sec-Values-of-Correct-Type", "{pet(mood: \"SAD\") {name}}", "this is not a value of the enum expected here"},
      {"#sec-Values-of-Correct-Type", "{pet(mood: SECRET) {name}}", "this is not a value of the enum expected here"},
      {"#sec-Values-of-Correct-Type", "{pet(id: 1.5) {name}}",
       "this literal does not fit the scalar type expected here"},
      {"#sec-Values-of-Correct-Type", "{find(filter: [1])}", "an input object is expected here"},
      {"#sec-Input-Object-Field-Names", "{find(filter: {need: 1, nope: 2})}", "unknown input field \"nope\""},
      {"#sec-Input-Object-Field-Names", "{find(filter: {need: 1, hidden: 2})}", "unknown input field \"hidden\""},
      {"#sec-Input-Object-Field-Uniqueness", "{find(filter: {need: 1, need: 1})}",
       "there can be only one input field named \"need\""},
      {"#sec-Input-Object-Field-Uniqueness", "{find(json: {a: 1, a: 1})}",
       "there can be only one input field named \"a\""},
      {"#sec-Input-Object-Required-Fields", "{find(filter: {name: \"a\"})}", "a required input field is missing here"},
      {"#sec-All-Variable-Usages-Are-Allowed", "{find(pick: {id: 1})}", ""},
      {"#sec-OneOf-Input-Objects", "{find(pick: {})}", "exactly one field must be given here"},
      {"#sec-OneOf-Input-Objects", "{find(pick: {id: 1, name: \"\"})}", "exactly one field must be given here"},
      {"#sec-OneOf-Input-Objects", "{find(pick: {id: null})}", "null is not allowed here"},
  };
  expect(kCases);
}

TEST(Validate, Directives) {
  constexpr Case kCases[] = {
      {"#sec-Directives-Are-Defined", "{dog @nope {name}}", "unknown directive \"nope\""},
      {"#sec-Directives-Are-in-Valid-Locations", "query @skip(if: true) {dog {name}}",
       "directive \"skip\" may not be used on QUERY"},
      {"#sec-Directives-Are-in-Valid-Locations", "query ($a: Int @once) {find(x: $a)}",
       "directive \"once\" may not be used on VARIABLE_DEFINITION"},
      {"#sec-Directives-Are-Unique-per-Location", "{dog @once @once {name}}",
       "directive \"once\" can be used only once at this place"},
      {"#sec-Directives-Are-Unique-per-Location", "{dog @many @many(x: 1) {name @once}}", ""},
  };
  expect(kCases);
}

TEST(Validate, Variables) {
  constexpr Case kCases[] = {
      {"#sec-Variable-Uniqueness", "query ($a: Int, $a: Int) {find(x: $a)}",
       "there can be only one variable named \"$a\""},
      {"#sec-Variables-Are-Input-Types", "query ($a: Dog) {find}", "variable \"$a\" cannot be of an output type"},
      {"#sec-Variables-Are-Input-Types", "query ($a: Nope) {find}", "the type of variable \"$a\" is unknown"},
      {"#sec-All-Variable-Uses-Defined", "{find(x: $a)}", "variable \"$a\" is not defined"},
      {"#sec-All-Variable-Uses-Defined", "query A {...F} query B($a: Int) {...F} fragment F on Query {find(x: $a)}",
       "variable \"$a\" is not defined"},
      {"#sec-All-Variables-Used", "query ($a: Int) {find}", "variable \"$a\" is never used"},
      {"#sec-All-Variables-Used", "query ($a: Boolean!) {...F @skip(if: $a)} fragment F on Query {find}", ""},
      {"#sec-All-Variables-Used", "query ($a: Int) {find(json: [{b: $a}])}", ""},
      {"#sec-All-Variable-Usages-Are-Allowed", "query ($a: Int!) {find(x: $a)}", ""},
      {"#sec-All-Variable-Usages-Are-Allowed", "query ($a: Int) {find(x: $a)}", ""},
      {"#sec-All-Variable-Usages-Are-Allowed", "query ($a: ID) {need(id: $a)}",
       "variable \"$a\" does not fit the type expected here"},
      {"#sec-All-Variable-Usages-Are-Allowed", "query ($a: ID = 1) {need(id: $a)}", ""},
      {"#sec-All-Variable-Usages-Are-Allowed", "query ($a: ID = null) {need(id: $a)}",
       "variable \"$a\" does not fit the type expected here"},
      {"#sec-All-Variable-Usages-Are-Allowed", "query ($a: Int!) {find(ints: $a)}",
       "variable \"$a\" does not fit the type expected here"},
      {"#sec-All-Variable-Usages-Are-Allowed", "query ($a: Int!) {find(ints: [$a])}", ""},
      {"#sec-All-Variable-Usages-Are-Allowed", "query ($a: [Int]) {find(ints: $a)}",
       "variable \"$a\" does not fit the type expected here"},
      {"#sec-All-Variable-Usages-Are-Allowed", "query ($a: [Int!]!) {find(ints: $a)}", ""},
      {"#sec-All-Variable-Usages-Are-Allowed", "query ($a: ID) {find(pick: {id: $a})}",
       "variable \"$a\" does not fit the type expected here"},
      {"#sec-All-Variable-Usages-Are-Allowed", "query ($a: ID!) {find(pick: {id: $a})}", ""},
      {"#sec-Values-of-Correct-Type", "query ($a: Int = \"x\") {find(x: $a)}",
       "this literal does not fit the scalar type expected here"},
  };
  expect(kCases);
}

// Attack G12: a message names what the document names, and nothing else of the schema.
TEST(Validate, TellsNoSchemaNames) {
  for (const char* source : {"{dgo {name}}", "{dog {nme}}", "{pet(idd: 1) {name}}", "{find(filter: {nam: 1})}",
                             "{pet(mood: HAPPI) {name}}", "{... on Hiden {name}}", "query ($a: Fliter) {find}"}) {
    const graphql::Document document = parsed(source);
    for (const DocumentError& error : validate(document, pets())) {
      for (const schema::Type& type : pets().types) {
        const std::string_view name = pets().text(type.name);
        if (std::string_view(source).find(name) != std::string_view::npos) continue;
        EXPECT_EQ(error.message.find("\"" + std::string(name) + "\""), std::string::npos) << error.message;
      }
      EXPECT_EQ(error.message.find("HAPPY"), std::string::npos);
      EXPECT_EQ(error.message.find("Did you mean"), std::string::npos);
    }
  }
}

TEST(Validate, ReportsPositionsAndAtMostTenErrors) {
  const auto errors = validate(parsed("{\n  nope\n}"), pets());
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, ErrorCode::GRAPHQL_VALIDATION_FAILED);
  EXPECT_EQ(errors[0].positions, (std::vector<graphql::Position>{{2, 3}}));
  EXPECT_EQ(validate(parsed("{" + repeat("nope ", 50) + "}"), pets()).size(), 10u);
}

}  // namespace
}  // namespace signet::operation
