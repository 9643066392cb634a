#include "telemetry/record/metric.hpp"

#include <gtest/gtest.h>

namespace signet::telemetry {
namespace {

TEST(Metrics, HistogramsFillTheRightBucket) {
  MetricCell cell;
  for (const double seconds : {0.001, 0.005, 0.0051, 10.0, 11.0}) cell.observe(seconds);
  EXPECT_EQ(cell.buckets.front(), 2u);  // bounds are inclusive
  EXPECT_EQ(cell.buckets[1], 1u);
  EXPECT_EQ(cell.buckets[13], 1u);
  EXPECT_EQ(cell.buckets.back(), 1u);
  EXPECT_EQ(cell.count, 5u);
}

TEST(Metrics, SeriesAreBounded) {
  LabelTable labels;
  MetricShard shard;
  for (int i = 0; i < 5'000; ++i) {
    shard.add(MetricId::config_refused, AttributeSet().refusal_reason(labels.refusal_reason(std::to_string(i))));
  }
  EXPECT_LE(shard.series().size(), MetricShard::kSeriesMax + 1);
  int64_t total = 0;
  for (const auto& [key, cell] : shard.series()) total += cell.value;
  EXPECT_EQ(total, 5'000);  // nothing is lost, only merged
}

TEST(Metrics, ShardsAddUp) {
  MetricShard a, b;
  a.add(MetricId::plan_cache_hits, {}, 2);
  b.add(MetricId::plan_cache_hits, {}, 3);
  b.observe(MetricId::server_duration, {}, 0.5);
  Series sum = a.series();
  merge(sum, b.series());
  EXPECT_EQ((sum[{MetricId::plan_cache_hits, {}}].value), 5);
  EXPECT_EQ((sum[{MetricId::server_duration, {}}].count), 1u);
}

}  // namespace
}  // namespace signet::telemetry
