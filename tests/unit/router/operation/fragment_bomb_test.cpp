// Small documents that grow without bound when fragments are expanded. Attacks G4, G5, G8 and G14.
#include "router/operation/prepare.hpp"

#include "fixture.hpp"

namespace signet::operation {
namespace {

ErrorCode normalize_code(std::string_view source) {
  const graphql::Document document = parsed(source);
  const auto normalized = normalize(document, pets(), graphql::OperationId(0), 0);
  return normalized ? ErrorCode::INTERNAL_ERROR : normalized.error().code;
}

TEST(FragmentBombs, NeverExpand) {
  EXPECT_EQ(normalize_code(fragment_bomb(64, 2, "Query", "dog {name}")), ErrorCode::MAX_SELECTIONS_LIMIT);
  EXPECT_EQ(normalize_code(fragment_bomb(12, 3, "Query", "dog {name}")), ErrorCode::MAX_SELECTIONS_LIMIT);
  EXPECT_EQ(normalize_code(fragment_bomb(10, 2, "Query", "dog {name}")), ErrorCode::INTERNAL_ERROR);
}

TEST(FragmentBombs, NestedCopiesAreRefused) {
  std::string source = "{dog {...f0}}";
  for (size_t i = 0; i < 40; ++i) {
    source += fmt::format("fragment f{} on Dog {{a: friend {{...f{}}} b: friend {{...f{}}}}}", i, i + 1, i + 1);
  }
  EXPECT_EQ(normalize_code(source + "fragment f40 on Dog {name}"), ErrorCode::MAX_SELECTIONS_LIMIT);
}

TEST(FragmentBombs, LongChainsNeedNoStack) {
  const std::string chain = fragment_bomb(100'000, 1, "Query", "dog {name}");
  EXPECT_TRUE(validate(parsed(chain), pets()).empty());
  EXPECT_EQ(normalize_code(chain), ErrorCode::INTERNAL_ERROR);
  std::string nested = "{dog {...f0}}";
  for (size_t i = 0; i < 2'000; ++i) nested += fmt::format("fragment f{} on Dog {{friend {{...f{}}}}}", i, i + 1);
  nested += "fragment f2000 on Dog {name}";
  EXPECT_TRUE(validate(parsed(nested), pets()).empty());
  EXPECT_EQ(normalize_code(nested), ErrorCode::MAX_DEPTH_LIMIT);
}

}  // namespace
}  // namespace signet::operation
