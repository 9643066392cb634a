#include "router/operation/coercion.hpp"

#include "fixture.hpp"

namespace signet::operation {
namespace {

struct Case {
  const char* type;
  const char* json;    // empty: absent
  const char* result;  // coerced text, "absent", or "error: …"
};

std::string coerce_one(std::string_view type, std::string_view json) {
  const graphql::Document document = parsed(fmt::format("query ($v: {}) {{a}}", type));
  const std::string variables = json.empty() ? "{}" : fmt::format("{{\"v\": {}}}", json);
  const auto coerced = coerce_variables(document, pets(), graphql::OperationId(0), variables);
  if (!coerced) return "error: " + coerced.error().front().message;
  const CoercedVariable& variable = (*coerced)[VariableId(0)];
  return variable.present ? variable.json : "absent";
}

void expect(std::span<const Case> cases) {
  for (const Case& test : cases) {
    std::string result = coerce_one(test.type, test.json);
    const std::string_view prefix = "error: variable \"$v\" is not valid: ";
    if (result.starts_with(prefix)) result = "error: " + result.substr(prefix.size());
    EXPECT_EQ(result, test.result) << test.type << " " << test.json;
  }
}

// Spec: https://spec.graphql.org/September2025/#sec-Scalars
TEST(Coercion, Scalars) {
  constexpr Case kCases[] = {
      {"Int", "7", "7"},
      {"Int", "1.0", "1"},
      {"Int", "1e3", "1000"},
      {"Int", "-12.50e1", "-125"},
      {"Int", "-0", "0"},
      {"Int", "0e999999999999999999", "0"},
      {"Int", "2147483647", "2147483647"},
      {"Int", "2147483648", "error: an integer of 32 bits is expected"},
      {"Int", "-2147483648", "-2147483648"},
      {"Int", "1.5", "error: an integer of 32 bits is expected"},
      {"Int", "1e-1", "error: an integer of 32 bits is expected"},
      {"Int", "1e999999999999999999", "error: an integer of 32 bits is expected"},
      {"Int", "\"1\"", "error: an integer is expected"},
      {"Int", "true", "error: an integer is expected"},
      {"Float", "1", "1"},
      {"Float", "1.50", "1.50"},
      {"Float", "1e-400", "1e-400"},
      {"Float", "1e400", "error: the number is too large"},
      {"Float", "1e9223372036854775807", "error: the number is too large"},
      {"Float", "\"1\"", "error: a number is expected"},
      {"String", "\"a\\u00e9\\n\"", "\"a\\u00e9\\n\""},
      {"String", "1", "error: a string is expected"},
      {"Boolean", "false", "false"},
      {"Boolean", "0", "error: a boolean is expected"},
      {"ID", "\"x\"", "\"x\""},
      {"ID", "12345678901234567890", "\"12345678901234567890\""},
      {"ID", "5.0", "\"5\""},
      {"ID", "5.5", "error: a string or an integer is expected"},
      {"Json", "{\"a\": [1.0, 1e2, -0, null]}", "{\"a\": [1.0, 1e2, -0, null]}"},
      {"Json", "123456789012345678901234567890", "123456789012345678901234567890"},
      {"Mood", "\"SAD\"", "\"SAD\""},
      {"Mood", "\"SECRET\"", "error: this is not a value of the enum"},
      {"Mood", "SAD", "error: variables are not valid JSON: a value is not valid"},
  };
  expect(kCases);
}

// Spec: https://spec.graphql.org/September2025/#CoerceVariableValues()
TEST(Coercion, NullAbsentAndDefaults) {
  constexpr Case kCases[] = {
      {"Int", "", "absent"},
      {"Int", "null", "null"},
      {"Int!", "", "error: a value is required"},
      {"Int!", "null", "error: null is not allowed"},
      {"Int! = 3", "", "3"},
      {"Int = 3", "null", "null"},
      {"Int = 3", "", "3"},
      {"[Int] = 3", "", "[3]"},
      {"[[Int]] = [1]", "", "[[1]]"},
      {"ID = 3", "", "\"3\""},
      {"Mood = SAD", "", "\"SAD\""},
      {"Json = {a: [E, \"x\"]}", "", "{\"a\":[\"E\",\"x\"]}"},
      {"Filter = {need: 1}", "", "{\"mood\":\"HAPPY\",\"min\":0.5,\"need\":1}"},
  };
  expect(kCases);
}

// Spec: https://spec.graphql.org/September2025/#sec-List.Input-Coercion
TEST(Coercion, Lists) {
  constexpr Case kCases[] = {
      {"[Int]", "[1, null, 2]", "[1,null,2]"},
      {"[Int]", "5", "[5]"},
      {"[[Int]]", "5", "[[5]]"},
      {"[[Int]]", "[1, [2]]", "[[1],[2]]"},
      {"[Int!]", "[1, null]", "error: at [1]: null is not allowed"},
      {"[Int!]!", "[]", "[]"},
      {"[[Int!]]", "[[1], [2, \"x\"]]", "error: at [1][1]: an integer is expected"},
  };
  expect(kCases);
}

// Spec: https://spec.graphql.org/September2025/#sec-Input-Objects.Input-Coercion
TEST(Coercion, InputObjects) {
  constexpr Case kCases[] = {
      {"Filter", "{\"need\": 1, \"mood\": null}", "{\"mood\":null,\"min\":0.5,\"need\":1}"},
      {"Filter", "{\"need\": 1, \"tags\": 4, \"deep\": {\"need\": 2, \"mood\": \"SAD\"}}",
       "{\"tags\":[[4]],\"mood\":\"HAPPY\",\"deep\":{\"mood\":\"SAD\",\"min\":0.5,\"need\":2},\"min\":0.5,\"need\":1}"},
      {"Filter", "{}", "error: a required field is missing"},
      {"Filter", "{\"need\": 1, \"nope\": 2}", "error: at .nope: there is no such field"},
      {"Filter", "{\"need\": 1, \"hidden\": 2}", "error: at .hidden: there is no such field"},
      {"Filter", "{\"need\": 1, \"min\": null}", "error: at .min: null is not allowed"},
      {"Filter", "{\"need\": 1, \"deep\": {\"need\": \"secret\"}}", "error: at .deep.need: an integer is expected"},
      {"Filter", "[1]", "error: an object is expected"},
      {"Pick", "{\"id\": 1}", "{\"id\":\"1\"}"},
      {"Pick", "{}", "error: exactly one field must be given"},
      {"Pick", "{\"id\": 1, \"name\": \"x\"}", "error: exactly one field must be given"},
      {"Pick", "{\"id\": null}", "error: at .id: the field may not be null"},
  };
  expect(kCases);
}

TEST(Coercion, RefusesWrongEnvelopes) {
  const graphql::Document document = parsed("query ($v: Int) {a}");
  for (const char* json : {"[]", "1", "{", "{\"v\": 1, \"v\": 2}", "{\"v\": \"\\ud800\"}"}) {
    EXPECT_FALSE(coerce_variables(document, pets(), graphql::OperationId(0), json)) << json;
  }
  for (const char* json : {"", "null", "{}", "{\"other\": 1}"}) {
    EXPECT_TRUE(coerce_variables(document, pets(), graphql::OperationId(0), json)) << json;
  }
}

TEST(Coercion, ReportsEachVariableOnceAndNoValues) {
  const graphql::Document document = parsed("query ($a: Int, $b: [Int!], $c: Boolean) {a}");
  const auto coerced = coerce_variables(document, pets(), graphql::OperationId(0),
                                        R"({"a": "hunter2", "b": [1, "hunter2", "hunter2"], "c": true})");
  ASSERT_FALSE(coerced);
  ASSERT_EQ(coerced.error().size(), 2u);
  for (const DocumentError& error : coerced.error()) {
    EXPECT_EQ(error.code, ErrorCode::BAD_USER_INPUT);
    EXPECT_EQ(error.message.find("hunter2"), std::string::npos);
    EXPECT_EQ(error.positions.size(), 1u);
  }
}

TEST(Coercion, MakesTheConditionMask) {
  const graphql::Document document =
      parsed("query ($a: Boolean!, $b: Boolean = true) {a @skip(if: $b) b @include(if: $a) c @skip(if: $b)}");
  const auto conditions = *condition_variables(document, graphql::OperationId(0));
  const auto mask = [&](std::string_view json) {
    const auto coerced = coerce_variables(document, pets(), graphql::OperationId(0), json);
    return *condition_mask(conditions, document, graphql::OperationId(0), *coerced);
  };
  EXPECT_EQ(mask(R"({"a": false})"), 0b01u);
  EXPECT_EQ(mask(R"({"a": true})"), 0b11u);
  EXPECT_EQ(mask(R"({"a": true, "b": false})"), 0b10u);
}

// Spec: https://spec.graphql.org/September2025/#sec-All-Variable-Usages-Are-Allowed
TEST(Coercion, NullIsNoCondition) {
  const graphql::Document document =
      parsed("query ($a: Boolean = true, $b: Boolean = true) {a @skip(if: $a) b(is: $b)}");
  const auto conditions = *condition_variables(document, graphql::OperationId(0));
  const auto mask = [&](std::string_view json) {
    const auto coerced = coerce_variables(document, pets(), graphql::OperationId(0), json);
    return condition_mask(conditions, document, graphql::OperationId(0), *coerced);
  };
  const auto null = mask(R"({"a": null})");
  ASSERT_FALSE(null);
  EXPECT_EQ(null.error().code, ErrorCode::BAD_USER_INPUT);
  EXPECT_EQ(null.error().message, "variable \"$a\" is not valid: null is not allowed in @skip and @include");
  EXPECT_EQ(null.error().positions, std::vector<graphql::Position>({{1, 8}}));
  EXPECT_EQ(mask("{}"), 0b1u);
  EXPECT_EQ(mask(R"({"b": null})"), 0b1u) << "what a field makes of null is its subgraph's business";
}

}  // namespace
}  // namespace signet::operation
