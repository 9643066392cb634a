// Metrics: a worker's own shard of counters, gauges and histograms; sums of shards are what is exported.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "telemetry/record/attributes.hpp"

namespace signet::telemetry {

enum class MetricId : uint8_t {
#define SIGNET_METRIC(name, otlp_name, kind, unit, description) name,
#include "telemetry/record/metrics.def"
#undef SIGNET_METRIC
};

enum class MetricKind : uint8_t { counter, gauge, histogram };

struct MetricInfo {
  std::string_view name;
  MetricKind kind;
  std::string_view unit;
  std::string_view description;
};

const MetricInfo& info(MetricId id);
size_t metric_count();

/// Upper bounds of the duration buckets. Units: seconds. Spec: OpenTelemetry semantic conventions, HTTP metrics
inline constexpr std::array<double, 14> kDurationBounds{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25,
                                                        0.5,   0.75, 1,     2.5,  5,     7.5, 10};

struct MetricCell {
  int64_t value = 0;                                           ///< counter, gauge
  uint64_t count = 0;                                          ///< histogram
  double sum = 0;                                              ///< histogram
  std::array<uint64_t, kDurationBounds.size() + 1> buckets{};  ///< histogram, not cumulative

  void observe(double seconds);
  void merge(const MetricCell& other);
};

struct SeriesKey {
  MetricId metric{};
  AttributeSet attributes;
  friend bool operator==(const SeriesKey&, const SeriesKey&) = default;
};

struct SeriesHash {
  size_t operator()(const SeriesKey& key) const;
};

using Series = std::unordered_map<SeriesKey, MetricCell, SeriesHash>;

/// Threads: one; others get a copy of series() by message.
class MetricShard {
 public:
  /// Series beyond this become the one without attributes of their metric.
  static constexpr size_t kSeriesMax = 2'000;

  void add(MetricId metric, const AttributeSet& attributes, int64_t value = 1) {
    cell(metric, attributes).value += value;
  }
  void set(MetricId metric, const AttributeSet& attributes, int64_t value) { cell(metric, attributes).value = value; }
  /// Removes every series of `metric`: what a gauge told of may be no more.
  void forget(MetricId metric) {
    std::erase_if(series_, [metric](const auto& each) { return each.first.metric == metric; });
  }
  void observe(MetricId metric, const AttributeSet& attributes, double seconds) {
    cell(metric, attributes).observe(seconds);
  }
  const Series& series() const { return series_; }

 private:
  MetricCell& cell(MetricId metric, const AttributeSet& attributes);
  Series series_;
};

/// Adds every cell of `from` to `into`.
void merge(Series& into, const Series& from);

}  // namespace signet::telemetry
