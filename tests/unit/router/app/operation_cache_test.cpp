#include "router/app/operation_cache.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include "tests/unit/router/app/planner_world.hpp"

namespace signet::app {
namespace {

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kSanitized = true;  // the heap is not the system's, and everything is slow
#else
constexpr bool kSanitized = false;
#endif

constexpr size_t kMiB = 1u << 20;

size_t heap_bytes() {
  return mallinfo2().uordblks + mallinfo2().hblkhd;
}

std::string text(int i) {
  return "{ a } #" + std::to_string(i);
}

bool has(OperationCache& cache, const std::string& text, const std::string& name = "", uint64_t generation = 0) {
  return cache.find(generation, OperationKey::of(text, name)) != nullptr;
}

TEST(OperationCache, FindsByTextAndName) {
  OperationCache cache(kMiB);
  cache.insert(0, make_operation("{ a }"), {});
  cache.insert(0, make_operation("{ a }", "Q"), {});
  EXPECT_TRUE(has(cache, "{ a }"));
  EXPECT_EQ(cache.find(0, OperationKey::of("{ a }", "Q"))->operation()->operation_name, "Q");
  EXPECT_FALSE(has(cache, "{ b }"));
  EXPECT_FALSE(has(cache, "{ a }", "R"));
}

TEST(OperationCache, AnotherGenerationStartsEmpty) {
  OperationCache cache(kMiB);
  cache.insert(0, make_operation("{ a }"), {});
  cache.use(1);
  EXPECT_FALSE(has(cache, "{ a }", "", 0));
  EXPECT_FALSE(has(cache, "{ a }", "", 1));
  EXPECT_EQ(cache.bytes(), 0u);
  cache.insert(0, make_operation("{ a }"), {});  // what was asked for before the change
  EXPECT_EQ(cache.size(), 0u);
}

TEST(OperationCache, OperationsWithOneHashAreToldApart) {
  OperationCache cache(kMiB);
  const Hash128 same{1, 2};
  for (const char* text : {"{ a }", "{ b }", "{ c }"}) cache.insert(0, make_operation(text, "", same), {});
  for (const char* text : {"{ a }", "{ b }", "{ c }"}) {
    EXPECT_EQ(cache.find(0, {same, text, ""})->operation()->document.source(), text);
  }
  EXPECT_EQ(cache.find(0, {same, "{ d }", ""}), nullptr);
  EXPECT_EQ(cache.find(0, {same, "{ a }", "Q"}), nullptr);
}

// A million operations: 3 s in the preset dev.
TEST(OperationCache, StaysWithinItsBytes) {
  constexpr size_t kBytesMax = OperationCache::kSharedBytesMax;
  const int count = kSanitized ? 60'000 : 1'000'000;
  const size_t before = heap_bytes();
  OperationCache cache(kBytesMax);
  size_t most = 0;
  for (int i = 0; i < count; ++i) {
    cache.insert(0, make_operation(text(i)), {});
    ASSERT_LE(cache.bytes(), kBytesMax);
    if (i % 1'000 == 0) most = std::max(most, heap_bytes() - before);
  }
  EXPECT_GT(cache.size(), 1'000u);
  if (!kSanitized) EXPECT_LE(most, kBytesMax);
  EXPECT_FALSE(has(cache, text(0)));
  EXPECT_TRUE(has(cache, text(count - 1)));
}

// The estimate of one operation, and what a hundred of it take of the heap, by a hundred.
std::pair<size_t, size_t> measure(const Snapshot& snapshot, const std::string& text, telemetry::LabelTable& labels) {
  constexpr size_t kCopies = 100;
  const auto key = OperationKey::of(text, "");
  std::vector<std::shared_ptr<const PreparedOperation>> operations(kCopies);
  std::vector<OperationVariant> variants(kCopies);
  const size_t before = heap_bytes();
  for (size_t i = 0; i < kCopies; ++i) {
    auto operation = prepare(snapshot, key, labels);
    if (!operation) return {};  // one of the texts is over a limit
    operations[i] = std::move(*operation);
    if (auto variant = plan_variant(snapshot, *operations[i], 0, labels)) variants[i] = std::move(*variant);
  }
  return {operations[0]->bytes() + variants[0].bytes, (heap_bytes() - before) / kCopies};
}

TEST(OperationCache, EstimatesAreAboveWhatTheHeapGives) {
  if (kSanitized) return;
  telemetry::LabelTable labels;
  for (const std::string& graph : testing::golden_graphs()) {
    const auto snapshot = make_snapshot(graph);
    for (const testing::GoldenOperation& each : testing::golden_operations(graph)) {
      measure(*snapshot, each.operation, labels);  // labels and whatever else stays
      const auto [estimate, real] = measure(*snapshot, each.operation, labels);
      EXPECT_LE(real, estimate) << each.file;
      EXPECT_LE(estimate, 6 * real) << each.file;
    }
  }
}

TEST(OperationCache, AFloodSparesWhatIsUsed) {
  OperationCache cache(kMiB);
  for (int i = 0; i < 10; ++i) cache.insert(0, make_operation(text(i)), {});
  for (int flood = 1'000; flood < 6'000; ++flood) {
    cache.insert(0, make_operation(text(flood)), {});
    if (flood % 50 != 0) continue;
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(has(cache, text(i))) << flood;
  }
}

TEST(OperationCache, KeepsTheLastUsedPlansOfAnOperation) {
  OperationCache cache(kMiB);
  const auto operation = make_operation("{ a }");
  for (uint32_t mask = 0; mask < OperationCache::kVariantsMax; ++mask) {
    cache.insert(0, operation, std::array{make_variant(mask)});
  }
  CachedOperation* entry = cache.find(0, operation->key());
  ASSERT_NE(entry->variant(0), nullptr);
  const size_t full = cache.bytes();
  cache.insert(0, operation, std::array{make_variant(100)});
  entry = cache.find(0, operation->key());
  EXPECT_EQ(entry->variants().size(), OperationCache::kVariantsMax);
  EXPECT_EQ(cache.bytes(), full);
  EXPECT_EQ(full, operation->bytes() + 1'000 * OperationCache::kVariantsMax);
  EXPECT_EQ(entry->variant(1), nullptr);  // 0 was used since
  EXPECT_NE(entry->variant(0), nullptr);
  EXPECT_NE(entry->variant(100), nullptr);
}

TEST(OperationCache, PlansCountAndTheLargestAreNotKept) {
  OperationCache cache(kMiB);
  const auto operation = make_operation("{ a }");
  cache.insert(0, operation, std::array{make_variant(0, kMiB / 3)});
  cache.insert(0, operation, std::array{make_variant(1, kMiB / 3)});
  EXPECT_EQ(cache.find(0, operation->key())->variant(0), nullptr);
  EXPECT_NE(cache.find(0, operation->key())->variant(1), nullptr);
  cache.insert(0, operation, std::array{make_variant(2, kMiB)});
  EXPECT_EQ(cache.find(0, operation->key())->variant(2), nullptr);
  for (int i = 0; i < 100; ++i) {
    cache.insert(0, make_operation(text(i)), std::array{make_variant(0, kMiB / 3)});
    EXPECT_LE(cache.bytes(), kMiB);
  }
}

TEST(OperationCache, TellsWhatIsFoundMostOften) {
  OperationCache cache(kMiB, OperationCache::Counts::own);
  const auto operation = make_operation("{ a }");
  cache.insert(0, operation, std::array{make_variant(1), make_variant(0)});
  for (int i = 0; i < 5; ++i) cache.insert(0, make_operation(text(i)), std::array{make_variant(0)});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(has(cache, "{ a }"));
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(has(cache, text(2)));
  const auto hottest = cache.hottest(2);
  ASSERT_EQ(hottest.size(), 2u);
  EXPECT_EQ(hottest[0].operation->document.source(), text(2));
  EXPECT_EQ(hottest[0].uses, 4u);
  EXPECT_EQ(hottest[1].operation, operation);  // with the count that all threads share
  EXPECT_EQ(hottest[1].condition_masks, (std::vector<uint32_t>{1, 0}));
  EXPECT_EQ(cache.hottest(100).size(), 6u);
  cache.use(1);
  EXPECT_TRUE(cache.hottest(100).empty());
}

TEST(OperationCache, AWorkersEntriesCountForThemselves) {
  OperationCache front(kMiB, OperationCache::Counts::own);
  const auto operation = make_operation("{ a }");
  const auto variant = make_variant(0);
  front.insert(0, operation, std::array{variant});
  const long held = operation.use_count(), plan_held = variant.plan.use_count();
  CachedOperation* entry = front.find(0, operation->key());
  const auto copy = entry->operation();
  const auto plan = entry->variant(0)->plan;
  EXPECT_EQ(copy, operation);
  EXPECT_EQ(plan, variant.plan);
  EXPECT_EQ(operation.use_count(), held);
  EXPECT_EQ(variant.plan.use_count(), plan_held);
}

}  // namespace
}  // namespace signet::app
