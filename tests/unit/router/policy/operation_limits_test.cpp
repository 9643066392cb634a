#include "router/policy/operation_limits.hpp"

#include <gtest/gtest.h>

#include "router/graphql/parser.hpp"

namespace signet::policy {
namespace {

std::vector<Exceeded> check(const config::Limits& limits, std::string_view text) {
  auto document = graphql::parse_executable(text);
  EXPECT_TRUE(document);
  const graphql::OperationId operation(0);
  return check_operation(limits, operation::measure(*document, operation), *document, (*document)[operation].name);
}

TEST(OperationLimits, NamesWhatIsExceededAndByHowMuch) {
  config::Limits limits;
  limits.depth = {2};
  limits.aliases = {0};
  const auto exceeded = check(limits, "{ a { b { x: c } } }");
  ASSERT_EQ(exceeded.size(), 2u);
  EXPECT_EQ(exceeded[0].name, "depth");
  EXPECT_EQ(exceeded[0].measured, 3u);
  EXPECT_EQ(exceeded[1].name, "aliases");
  EXPECT_EQ(to_error(exceeded[0]).message, "the operation has depth 3, the limit is 2 (limits.depth)");
}

TEST(OperationLimits, ModesMeasureAndOff) {
  config::Limits limits;
  limits.depth = {1, config::LimitMode::measure};
  limits.root_fields = {0, config::LimitMode::off};
  const auto exceeded = check(limits, "{ a { b } }");
  ASSERT_EQ(exceeded.size(), 1u);
  EXPECT_FALSE(exceeded[0].enforced);
}

TEST(OperationLimits, DefaultsAdmitHonestOperations) {
  EXPECT_TRUE(check({}, "query Q { a { b { c d e } f } g(x: 1) }").empty());
}

TEST(OperationLimits, TheParserKeepsACeilingWhateverTheMode) {
  config::Limits limits;
  limits.tokens = {10, config::LimitMode::off};
  limits.recursion = {1'000'000};
  EXPECT_EQ(parse_limits(limits).tokens_max, 1'000'000u);
  EXPECT_EQ(parse_limits(limits).recursion_max, 500u);
}

}  // namespace
}  // namespace signet::policy
