#include "router/app/operation_cache.hpp"

#include <gtest/gtest.h>

#include "router/graphql/parser.hpp"

namespace signet::app {
namespace {

std::shared_ptr<PreparedOperation> operation(const std::string& text, const std::string& name = "") {
  return std::make_shared<PreparedOperation>(text, name, *graphql::parse_executable("{ a }"));
}

TEST(OperationCache, FindsByTextAndName) {
  OperationCache cache;
  cache.find(1, "", "");
  cache.insert(operation("{ a }"));
  cache.insert(operation("{ a }", "Q"));
  ASSERT_NE(cache.find(1, "{ a }", ""), nullptr);
  EXPECT_EQ(cache.find(1, "{ a }", "Q")->operation_name, "Q");
  EXPECT_EQ(cache.find(1, "{ b }", ""), nullptr);
  EXPECT_EQ(cache.find(1, "{ a }", "R"), nullptr);
}

TEST(OperationCache, AnotherGraphStartsEmpty) {
  OperationCache cache;
  cache.find(1, "", "");
  cache.insert(operation("{ a }"));
  EXPECT_EQ(cache.find(2, "{ a }", ""), nullptr);
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(OperationCache, StaysWithinItsBytes) {
  OperationCache cache;
  cache.find(1, "", "");
  for (int i = 0; i < 20'000; ++i) cache.insert(operation("{ a } #" + std::to_string(i)));
  EXPECT_LE(cache.bytes(), OperationCache::kBytesMax);
  EXPECT_EQ(cache.find(1, "{ a } #0", ""), nullptr);
  EXPECT_NE(cache.find(1, "{ a } #19999", ""), nullptr);
}

}  // namespace
}  // namespace signet::app
