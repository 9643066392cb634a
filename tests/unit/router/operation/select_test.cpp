#include "router/operation/prepare.hpp"

#include "fixture.hpp"

namespace signet::operation {
namespace {

// Spec: https://spec.graphql.org/September2025/#GetOperation()
TEST(SelectOperation, FindsByNameOrTheOnlyOne) {
  const graphql::Document two = parsed("query A {dog {name}} query B {dog {name}}");
  EXPECT_EQ(select_operation(two, "B")->value(), 1u);
  EXPECT_EQ(select_operation(two, "").error().code, ErrorCode::OPERATION_RESOLUTION_FAILURE);
  EXPECT_EQ(select_operation(two, "C").error().code, ErrorCode::OPERATION_RESOLUTION_FAILURE);
  EXPECT_EQ(select_operation(parsed("{dog {name}}"), "")->value(), 0u);
  EXPECT_FALSE(select_operation(parsed("{dog {name}}"), "A"));
  EXPECT_FALSE(select_operation(parsed("fragment F on Dog {name}"), ""));
}

TEST(ConditionVariables, ListsThemInOrderOfFirstUse) {
  const graphql::Document document = parsed(
      "query ($a: Boolean!, $b: Boolean!, $c: Boolean!) {dog @skip(if: $b) {name @include(if: true) ...F @include(if: "
      "$a)}}"
      "fragment F on Dog {name @skip(if: $b) barks @skip(if: $c)}");
  EXPECT_EQ(*condition_variables(document, graphql::OperationId(0)), (std::vector<std::string_view>{"b", "a", "c"}));
}

TEST(ConditionVariables, RefusesMoreThan32) {
  const auto conditions = [](size_t count) {
    std::string source = "{";
    for (size_t i = 0; i < count; ++i) source += fmt::format("a{}: dog @skip(if: $v{}) {{name}} ", i, i);
    return condition_variables(parsed(source + "}"), graphql::OperationId(0));
  };
  EXPECT_EQ(conditions(32)->size(), 32u);
  EXPECT_EQ(conditions(33).error().code, ErrorCode::UNSUPPORTED_OPERATION);
}

}  // namespace
}  // namespace signet::operation
