#include "telemetry/export/prometheus.hpp"

#include <gtest/gtest.h>

namespace signet::telemetry {
namespace {

// Spec: https://prometheus.io/docs/instrumenting/exposition_formats/
TEST(Prometheus, CountersAndHistograms) {
  LabelTable labels;
  MetricShard shard;
  shard.add(MetricId::config_refused, AttributeSet().refusal_reason(labels.refusal_reason("rollback")), 2);
  shard.observe(MetricId::server_duration, AttributeSet().http_response_status_code(int64_t{200}), 0.003);
  shard.observe(MetricId::server_duration, AttributeSet().http_response_status_code(int64_t{200}), 20);
  const std::string page = prometheus_page(shard.series(), labels);
  for (std::string_view line :
       {"# TYPE signet_config_refused_total counter\n",
        "signet_config_refused_total{signet_refusal_reason=\"rollback\"} 2\n",
        "# TYPE signet_http_server_request_duration_seconds histogram\n",
        "signet_http_server_request_duration_seconds_bucket{http_response_status_code=\"200\",le=\"0.005\"} 1\n",
        "signet_http_server_request_duration_seconds_bucket{http_response_status_code=\"200\",le=\"+Inf\"} 2\n",
        "signet_http_server_request_duration_seconds_count{http_response_status_code=\"200\"} 2\n"}) {
    EXPECT_NE(page.find(line), std::string::npos) << line << page;
  }
}

}  // namespace
}  // namespace signet::telemetry
