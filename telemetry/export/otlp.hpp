// OTLP in protobuf: spans, metrics and schema usage to the bytes of an Export…ServiceRequest.
//
// Every attribute is checked against the registry once more while it is written; a record with one that does not
// conform is dropped and counted. Field numbers are those of opentelemetry-proto 1.x. Spec:
// https://opentelemetry.io/docs/specs/otlp/
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "telemetry/record/metric.hpp"
#include "telemetry/record/span.hpp"

namespace signet::telemetry {

/// Who is exporting; all of it from configuration or made by the process itself.
struct Resource {
  std::string service_name;
  std::string service_version;
  std::string instance_id;  ///< random UUID of this process
  std::string graph_name;   ///< empty while no graph is loaded
  int64_t process_id = 0;
};

/// The encoded request, and how many records did not conform.
struct Encoded {
  std::string bytes;  ///< empty when nothing is left to send
  uint64_t violations = 0;
};

Encoded encode_traces(const Resource& resource, std::span<const Span> spans, const LabelTable& labels);

/// Cumulative since `start`.
Encoded encode_metrics(const Resource& resource, const Series& series, WallTime start, WallTime now,
                       const LabelTable& labels);

/// Log records `signet.schema.usage`, one per operation: requests, errors and the fields it touches.
Encoded encode_usage(const Resource& resource, std::span<const UsageCount> counts, WallTime now,
                     std::chrono::seconds window, const LabelTable& labels);

}  // namespace signet::telemetry
