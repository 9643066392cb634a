#include "router/app/warm_up.hpp"

#include <gtest/gtest.h>

#include "tests/unit/router/app/planner_world.hpp"

namespace signet::app {
namespace {

HotOperation hot(const std::string& text, uint64_t uses, std::vector<uint32_t> masks = {0}) {
  return {.operation = make_operation(text), .condition_masks = std::move(masks), .uses = uses};
}

std::vector<std::string> texts(std::span<const HotOperation> operations) {
  std::vector<std::string> all;
  for (const HotOperation& each : operations) all.emplace_back(each.operation->document.source());
  return all;
}

TEST(WarmUp, WhatSeveralWorkersFindHotIsSummed) {
  const std::array lists{std::vector{hot("{ a }", 5), hot("{ b }", 4, {1, 2})},
                         std::vector{hot("{ b }", 3, {2, 3}), hot("{ c }", 6)}, std::vector{hot("{ d }", 0)}};
  const auto merged = merge_hottest(lists, 3);
  EXPECT_EQ(texts(merged), (std::vector<std::string>{"{ b }", "{ c }", "{ a }"}));
  EXPECT_EQ(merged.front().uses, 7u);
  EXPECT_EQ(merged.front().condition_masks, (std::vector<uint32_t>{1, 2, 3}));
  EXPECT_EQ(merge_hottest(lists, 9).size(), 4u);
}

class WarmUpTest : public ::testing::Test {
 protected:
  WarmedUp warm(const std::vector<HotOperation>& operations, const Clock& by, const WarmUpBounds& bounds = {}) {
    return warm_up(*snapshot, operations, bounds, by, labels);
  }
  SystemClock clock;
  telemetry::LabelTable labels;
  std::shared_ptr<const Snapshot> snapshot = make_snapshot("shop", 2);
};

TEST_F(WarmUpTest, PlansForTheNextGraphWhatIsStillValid) {
  const auto warmed =
      warm({hot("{ products { id } }", 3), hot("{ gone }", 2), hot("{ warehouse { __typename } }", 1)}, clock);
  ASSERT_EQ(warmed.planned.size(), 2u);
  EXPECT_EQ(warmed.left_out, 1u);
  EXPECT_EQ(warmed.planned[0].operation->document.source(), "{ products { id } }");
  EXPECT_NE(warmed.planned[0].variants.at(0).plan, nullptr);
  EXPECT_EQ(warmed.planned[1].operation->document.source(), "{ warehouse { __typename } }");
}

TEST_F(WarmUpTest, PlansTheOutcomesOfConditionsThatWereUsed) {
  const std::string text = "query($a: Boolean!, $b: Boolean!) { products { id @skip(if: $a) name @include(if: $b) } }";
  const auto warmed = warm({hot(text, 1, {3, 0, 1, 2})}, clock, {.plans_per_operation_max = 2});
  ASSERT_EQ(warmed.planned.size(), 1u);
  ASSERT_EQ(warmed.planned[0].variants.size(), 2u);
  EXPECT_EQ(warmed.planned[0].variants[0].condition_mask, 3u);
  EXPECT_EQ(warmed.planned[0].variants[1].condition_mask, 0u);
}

// Every look at it takes 100 ms.
class TickingClock final : public Clock {
 public:
  SteadyTime steady() const override { return now_ += std::chrono::milliseconds(100); }
  WallTime wall() const override { return {}; }

 private:
  mutable SteadyTime now_{};
};

TEST_F(WarmUpTest, EndsWhenItsTimeIsOver) {
  const std::vector<HotOperation> many(1'000, hot("{ products { id } }", 1));
  const auto warmed = warm(many, TickingClock());
  EXPECT_EQ(warmed.planned.size(), 4u);  // 100, 200, 300 and 400 ms after it began
  EXPECT_EQ(warmed.left_out, 996u);
}

TEST_F(WarmUpTest, WithoutAGraphThereIsNothingToPlan) {
  Snapshot none = *snapshot;
  none.graph = nullptr;
  EXPECT_TRUE(warm_up(none, std::array{hot("{ products { id } }", 1)}, {}, clock, labels).planned.empty());
}

}  // namespace
}  // namespace signet::app
