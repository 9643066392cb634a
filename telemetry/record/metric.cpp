#include "telemetry/record/metric.hpp"

#include <algorithm>

namespace signet::telemetry {
namespace {

constexpr auto kMetrics = std::to_array<MetricInfo>({
#define SIGNET_METRIC(name, otlp_name, kind, unit, description) {otlp_name, MetricKind::kind, unit, description},
#include "telemetry/record/metrics.def"
#undef SIGNET_METRIC
});

}  // namespace

const MetricInfo& info(MetricId id) {
  return kMetrics.at(static_cast<size_t>(id));
}
size_t metric_count() {
  return kMetrics.size();
}

void MetricCell::observe(double seconds) {
  const auto bound = std::ranges::lower_bound(kDurationBounds, seconds);
  ++buckets[static_cast<size_t>(bound - kDurationBounds.begin())];
  ++count;
  sum += seconds;
}

void MetricCell::merge(const MetricCell& other) {
  value += other.value;
  count += other.count;
  sum += other.sum;
  for (size_t i = 0; i < buckets.size(); ++i) buckets[i] += other.buckets[i];
}

size_t SeriesHash::operator()(const SeriesKey& key) const {
  uint64_t hash = static_cast<uint64_t>(key.metric) + 0x9E3779B97F4A7C15;
  for (const Attribute& attribute : key.attributes) {
    hash = (hash ^ (static_cast<uint64_t>(attribute.key) << 56 | static_cast<uint64_t>(attribute.value))) *
           0xD6E8FEB86659FD93;
    hash ^= hash >> 32;
  }
  return hash;
}

MetricCell& MetricShard::cell(MetricId metric, const AttributeSet& attributes) {
  SeriesKey key{metric, attributes};
  if (const auto found = series_.find(key); found != series_.end()) return found->second;
  if (series_.size() >= kSeriesMax) key.attributes = {};
  return series_[key];
}

void merge(Series& into, const Series& from) {
  for (const auto& [key, cell] : from) into[key].merge(cell);
}

}  // namespace signet::telemetry
