#include "router/operation/prepare.hpp"

#include "fixture.hpp"

namespace signet::operation {
namespace {

// One line: `Types{key:field(arguments) …}` for each class; the field only where it differs from the key.
std::string print_set(const NormalizedOperation& normalized, SelectionSetId id) {
  std::string out;
  for (const TypeClass& type_class : normalized.selection_sets[id].classes) {
    if (!out.empty()) out += " | ";
    for (size_t i = 0; i < type_class.types.size(); ++i) {
      out += fmt::format("{}{}", i == 0 ? "" : ",", pets().type_name(type_class.types[i]));
    }
    out += '{';
    bool first = true;
    for (FieldNodeId field : type_class.fields) {
      const FieldNode& node = normalized.fields[field];
      out += fmt::format("{}{}", first ? "" : " ", node.response_key);
      first = false;
      const std::string_view name = node.kind == FieldKind::type_name ? "__typename" : pets().field_name(node.field);
      if (name != node.response_key) out += fmt::format(":{}", name);
      const std::string& arguments = normalized.arguments[node.arguments].text;
      if (!arguments.empty()) out += fmt::format("({})", arguments);
      if (node.children) out += print_set(normalized, node.children);
    }
    out += '}';
  }
  return out;
}

std::string normal(std::string_view source, uint32_t mask = 0) {
  const graphql::Document document = parsed(source);
  const auto errors = validate(document, pets());
  if (!errors.empty()) return errors.front().message;
  const auto normalized = normalize(document, pets(), graphql::OperationId(0), mask);
  return normalized ? print_set(*normalized, normalized->root) : normalized.error().message;
}

// Spec: https://spec.graphql.org/September2025/#CollectFields()
TEST(Normalize, MergesFieldsInTheOrderOfTheAnswer) {
  EXPECT_EQ(normal("{dog {name} x: cat {name} dog {barks name}}"), "Query{dogDog{name barks} x:catCat{name}}");
  EXPECT_EQ(normal("{...F dog {barks}} fragment F on Query {human {name} dog {name ...G}} fragment G on Dog {volume}"),
            "Query{humanHuman{name} dogDog{name volume barks}}");
  EXPECT_EQ(normal("{__typename t: __typename dog {__typename}}"), "Query{__typename t:__typename dogDog{__typename}}");
}

TEST(Normalize, SharesAClassBetweenTypesWithEqualFields) {
  EXPECT_EQ(normal("{pet {name}}"), "Query{petDog,Cat{name}}");
  EXPECT_EQ(normal("{pet {name ... on Dog {barks}}}"), "Query{petDog{name barks} | Cat{name}}");
  EXPECT_EQ(normal("{animal {... on Dog {name} ... on Cat {name}}}"), "Query{animalDog,Cat{name}}");
  EXPECT_EQ(normal("{animal {... on Pet {name owner {name}}}}"), "Query{animalDog,Cat{name ownerHuman{name}}}");
  EXPECT_EQ(normal("{animal {... on Dog {barks}}}"), "Query{animalDog{barks} | Cat{}}");
  EXPECT_EQ(normal("{dog {... on Pet {... on Animal {... on Dog {name}}}}}"), "Query{dogDog{name}}");
}

// A field that the static type lacks may be of another type on each object type: such types share no class.
TEST(Normalize, SeparatesTypesWhoseFieldsDiffer) {
  static const schema::Schema schema = built(
      "interface N {x: N} type A implements N {x: A} type B implements N {x: B} union U = A | B type Query {u: U n: "
      "N}");
  const graphql::Document document = parsed("{u {... on N {x {__typename}}} n {x {__typename}}}");
  ASSERT_TRUE(validate(document, schema).empty());
  const auto normalized = normalize(document, schema, graphql::OperationId(0), 0);
  ASSERT_TRUE(normalized);
  const TypeClass& root = normalized->selection_sets[normalized->root].classes.front();
  EXPECT_EQ(normalized->selection_sets[normalized->fields[root.fields[0]].children].classes.size(), 2u);
  EXPECT_EQ(normalized->selection_sets[normalized->fields[root.fields[1]].children].classes.size(), 1u);
}

TEST(Normalize, DecidesConditions) {
  const char* source =
      "query ($a: Boolean!, $b: Boolean!) {dog @include(if: $a) {name @skip(if: $b) barks} cat @skip(if: true) {name} "
      "human @include(if: true) {name}}";
  EXPECT_EQ(normal(source, 0b00), "Query{humanHuman{name}}");
  EXPECT_EQ(normal(source, 0b01), "Query{dogDog{name barks} humanHuman{name}}");
  EXPECT_EQ(normal(source, 0b11), "Query{dogDog{barks} humanHuman{name}}");
  EXPECT_EQ(normal("{dog @skip(if: true) {name}}"), "Query{}");
}

TEST(Normalize, MakesArgumentsCanonical) {
  const graphql::Document document = parsed(
      "query ($v: Int!, $w: Int, $c: Boolean!) {a: find(x: $v, filter: {need: $w2, name: \"\"\"q\"\"\"}) "
      "b: find(filter: {name: \"q\", need: $w2}, x: $v) c: find @skip(if: $c)}");
  const auto normalized = normalize(document, pets(), graphql::OperationId(0), 0);
  ASSERT_TRUE(normalized);
  const TypeClass& root = normalized->selection_sets[normalized->root].classes.front();
  const FieldNode& a = normalized->fields[root.fields[0]];
  const FieldNode& b = normalized->fields[root.fields[1]];
  EXPECT_EQ(a.arguments, b.arguments);
  EXPECT_EQ(normalized->arguments[a.arguments].text, "filter: {name: \"q\", need: $w2}, x: $v");
  EXPECT_EQ(normalized->arguments[a.arguments].variables, (std::vector{VariableId(0)}));
  EXPECT_TRUE(normalized->arguments[normalized->fields[root.fields[2]].arguments].text.empty());
  EXPECT_TRUE(normalized->variables[VariableId(2)].condition_only);
  EXPECT_FALSE(normalized->variables[VariableId(0)].condition_only);
  EXPECT_EQ(pets().print(normalized->variables[VariableId(0)].type), "Int!");
}

TEST(Normalize, MarksIntrospection) {
  const graphql::Document document = parsed("{__schema {types {name}} __type(name: \"Dog\") {kind}}");
  const auto normalized = normalize(document, pets(), graphql::OperationId(0), 0);
  ASSERT_TRUE(normalized);
  const TypeClass& root = normalized->selection_sets[normalized->root].classes.front();
  for (FieldNodeId field : root.fields) EXPECT_EQ(normalized->fields[field].kind, FieldKind::introspection);
  EXPECT_EQ(print_set(*normalized, normalized->root),
            "Query{__schema__Schema{types__Type{name}} __type(name: \"Dog\")__Type{kind}}");
}

}  // namespace
}  // namespace signet::operation
