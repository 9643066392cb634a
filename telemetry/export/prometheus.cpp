#include "telemetry/export/prometheus.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <vector>

namespace signet::telemetry {
namespace {

std::string underscored(std::string_view name) {
  std::string out(name);
  std::ranges::replace(out, '.', '_');
  return out;
}

std::string exposition_name(const MetricInfo& metric) {
  std::string name = underscored(metric.name);
  if (!name.starts_with("signet_")) name = "signet_" + name;
  if (metric.unit == "s") name += "_seconds";
  if (metric.kind == MetricKind::counter) name += "_total";
  return name;
}

// `a="b",c="d"`; values are of an alphabet that needs no escaping.
std::string label_list(const AttributeSet& attributes, const LabelTable& labels) {
  std::string out;
  for (const Attribute& attribute : attributes) {
    if (!conforms(attribute, labels)) continue;
    const AttributeInfo& rule = info(attribute.key);
    std::string value = std::to_string(attribute.value);
    std::string_view text;
    if (rule.is_label && labels.text_of(static_cast<uint32_t>(attribute.value), rule.label_class, text)) value = text;
    out += fmt::format("{}{}=\"{}\"", out.empty() ? "" : ",", underscored(rule.key), value);
  }
  return out;
}

void write_histogram(std::string& page, const std::string& name, const std::string& labels, const MetricCell& cell) {
  const std::string prefix = labels.empty() ? "" : labels + ",";
  uint64_t cumulative = 0;
  for (size_t i = 0; i < cell.buckets.size(); ++i) {
    cumulative += cell.buckets[i];
    const std::string bound = i < kDurationBounds.size() ? fmt::format("{}", kDurationBounds[i]) : "+Inf";
    page += fmt::format("{}_bucket{{{}le=\"{}\"}} {}\n", name, prefix, bound, cumulative);
  }
  const std::string braces = labels.empty() ? "" : "{" + labels + "}";
  page += fmt::format("{}_sum{} {}\n{}_count{} {}\n", name, braces, cell.sum, name, braces, cell.count);
}

}  // namespace

std::string prometheus_page(const Series& series, const LabelTable& labels) {
  std::vector<std::map<std::string, const MetricCell*>> by_metric(metric_count());
  for (const auto& [key, cell] : series) {
    by_metric[static_cast<size_t>(key.metric)].emplace(label_list(key.attributes, labels), &cell);
  }
  std::string page;
  for (size_t i = 0; i < by_metric.size(); ++i) {
    if (by_metric[i].empty()) continue;
    const MetricInfo& metric = info(static_cast<MetricId>(i));
    const std::string name = exposition_name(metric);
    constexpr std::string_view kKinds[] = {"counter", "gauge", "histogram"};
    page += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, metric.description, name,
                        kKinds[static_cast<size_t>(metric.kind)]);
    for (const auto& [list, cell] : by_metric[i]) {
      if (metric.kind == MetricKind::histogram) {
        write_histogram(page, name, list, *cell);
      } else {
        page += fmt::format("{}{} {}\n", name, list.empty() ? "" : "{" + list + "}", cell->value);
      }
    }
  }
  return page;
}

}  // namespace signet::telemetry
