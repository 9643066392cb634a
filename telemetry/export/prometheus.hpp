// The Prometheus page: the same series as OTLP, in text exposition format 0.0.4.
#pragma once

#include <string>

#include "telemetry/record/metric.hpp"

namespace signet::telemetry {

/// Series in a stable order. Names: dots become underscores, counters end in `_total`, seconds in `_seconds`.
std::string prometheus_page(const Series& series, const LabelTable& labels);

}  // namespace signet::telemetry
