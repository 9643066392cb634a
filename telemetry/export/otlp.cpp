#include "telemetry/export/otlp.hpp"

#include <array>
#include <protozero/pbf_builder.hpp>
#include <protozero/pbf_writer.hpp>

#include "router/base/check.hpp"

namespace signet::telemetry {
namespace {

using protozero::pbf_writer;

// Field numbers, by message of opentelemetry-proto.
namespace any_value {
enum : uint32_t { string_value = 1, int_value = 3, array_value = 5, kvlist_value = 6 };
}
namespace key_value {
enum : uint32_t { key = 1, value = 2 };
}
namespace envelope {  // Export…ServiceRequest, Resource…, Scope…, which share their shape
enum : uint32_t { resource_items = 1, resource = 1, scope_items = 2, scope = 1, items = 2 };
}
namespace span_field {
enum : uint32_t {
  trace_id = 1,
  span_id = 2,
  parent_span_id = 4,
  name = 5,
  kind = 6,
  start = 7,
  end = 8,
  attributes = 9,
  status = 15,
  flags = 16
};
}
namespace metric_field {
enum : uint32_t { name = 1, description = 2, unit = 3, gauge = 5, sum = 7, histogram = 9 };
}
namespace number_point {
enum : uint32_t { start = 2, time = 3, as_int = 6, attributes = 7 };
}
namespace histogram_point {
enum : uint32_t { start = 2, time = 3, count = 4, sum = 5, bucket_counts = 6, explicit_bounds = 7, attributes = 9 };
}
namespace log_field {
enum : uint32_t { time = 1, severity = 2, body = 5, attributes = 6, observed = 11, event_name = 12 };
}
constexpr int32_t kCumulative = 2;
constexpr int32_t kSeverityInfo = 9;
constexpr int32_t kStatusError = 2;
constexpr uint32_t kSampledFlag = 1;

uint64_t nanos(WallTime time) {
  return static_cast<uint64_t>(time.time_since_epoch().count());
}

void add_text(pbf_writer& parent, uint32_t field, std::string_view key, std::string_view text) {
  pbf_writer pair(parent, field);
  pair.add_string(key_value::key, key.data(), key.size());
  pbf_writer value(pair, key_value::value);
  value.add_string(any_value::string_value, text.data(), text.size());
}

void add_number(pbf_writer& parent, uint32_t field, std::string_view key, int64_t number) {
  pbf_writer pair(parent, field);
  pair.add_string(key_value::key, key.data(), key.size());
  pbf_writer value(pair, key_value::value);
  value.add_int64(any_value::int_value, number);
}

bool conforms(const AttributeSet& attributes, const LabelTable& labels) {
  for (const Attribute& attribute : attributes) {
    if (SIGNET_BUG(!telemetry::conforms(attribute, labels))) return false;
  }
  return true;
}

void add_attributes(pbf_writer& parent, uint32_t field, const AttributeSet& attributes, const LabelTable& labels) {
  for (const Attribute& attribute : attributes) {
    const AttributeInfo& rule = info(attribute.key);
    if (!rule.is_label) {
      add_number(parent, field, rule.key, attribute.value);
      continue;
    }
    std::string_view text;
    if (labels.text_of(static_cast<uint32_t>(attribute.value), rule.label_class, text)) {
      add_text(parent, field, rule.key, text);
    }
  }
}

void add_resource(pbf_writer& parent, const Resource& resource) {
  constexpr uint32_t kAttributes = 1;
  pbf_writer message(parent, envelope::resource);
  add_text(message, kAttributes, "service.name", resource.service_name);
  add_text(message, kAttributes, "service.version", resource.service_version);
  add_text(message, kAttributes, "service.instance.id", resource.instance_id);
  add_text(message, kAttributes, "telemetry.sdk.name", "signet");
  add_text(message, kAttributes, "telemetry.sdk.language", "cpp");
  add_text(message, kAttributes, "telemetry.sdk.version", resource.service_version);
  add_number(message, kAttributes, "process.pid", resource.process_id);
  if (!resource.graph_name.empty()) add_text(message, kAttributes, "signet.graph.name", resource.graph_name);
}

// Writes the envelope that all three signals share, and lets `write_items` fill its scope.
template <class WriteItems>
std::string in_envelope(const Resource& resource, WriteItems&& write_items) {
  std::string bytes;
  pbf_writer request(bytes);
  {
    pbf_writer of_resource(request, envelope::resource_items);
    add_resource(of_resource, resource);
    pbf_writer of_scope(of_resource, envelope::scope_items);
    {
      pbf_writer scope(of_scope, envelope::scope);
      scope.add_string(1, "signet");
      scope.add_string(2, resource.service_version);
    }
    write_items(of_scope);
  }
  return bytes;
}

std::string_view text(SpanName name) {
  constexpr std::array<std::string_view, 4> kNames{"query", "mutation", "HTTP", "fetch"};
  return kNames.at(static_cast<size_t>(name));
}

void add_bytes(pbf_writer& writer, uint32_t field, std::span<const uint8_t> bytes) {
  writer.add_bytes(field, reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void add_span(pbf_writer& scope, const Span& span, const LabelTable& labels) {
  pbf_writer message(scope, envelope::items);
  add_bytes(message, span_field::trace_id, span.trace);
  add_bytes(message, span_field::span_id, span.id);
  if (span.parent != SpanId{}) add_bytes(message, span_field::parent_span_id, span.parent);
  const std::string_view name = text(span.name);
  message.add_string(span_field::name, name.data(), name.size());
  message.add_enum(span_field::kind, static_cast<int32_t>(span.kind));
  message.add_fixed64(span_field::start, nanos(span.start));
  message.add_fixed64(span_field::end, nanos(span.end));
  add_attributes(message, span_field::attributes, span.attributes, labels);
  if (span.error) {
    pbf_writer status(message, span_field::status);
    status.add_enum(3, kStatusError);
  }
  message.add_fixed32(span_field::flags, kSampledFlag);
}

void add_number_point(pbf_writer& parent, const SeriesKey& key, const MetricCell& cell, uint64_t start, uint64_t now,
                      const LabelTable& labels) {
  pbf_writer point(parent, 1);
  point.add_fixed64(number_point::start, start);
  point.add_fixed64(number_point::time, now);
  point.add_sfixed64(number_point::as_int, cell.value);
  add_attributes(point, number_point::attributes, key.attributes, labels);
}

void add_histogram_point(pbf_writer& parent, const SeriesKey& key, const MetricCell& cell, uint64_t start, uint64_t now,
                         const LabelTable& labels) {
  pbf_writer point(parent, 1);
  point.add_fixed64(histogram_point::start, start);
  point.add_fixed64(histogram_point::time, now);
  point.add_fixed64(histogram_point::count, cell.count);
  point.add_double(histogram_point::sum, cell.sum);
  point.add_packed_fixed<uint64_t>(histogram_point::bucket_counts, cell.buckets.begin(), cell.buckets.end());
  point.add_packed_double(histogram_point::explicit_bounds, kDurationBounds.begin(), kDurationBounds.end());
  add_attributes(point, histogram_point::attributes, key.attributes, labels);
}

void add_metric(pbf_writer& scope, MetricId id, const std::vector<const Series::value_type*>& points, uint64_t start,
                uint64_t now, const LabelTable& labels) {
  const MetricInfo& rule = info(id);
  pbf_writer message(scope, envelope::items);
  message.add_string(metric_field::name, rule.name.data(), rule.name.size());
  message.add_string(metric_field::description, rule.description.data(), rule.description.size());
  message.add_string(metric_field::unit, rule.unit.data(), rule.unit.size());
  const uint32_t field = rule.kind == MetricKind::gauge     ? metric_field::gauge
                         : rule.kind == MetricKind::counter ? metric_field::sum
                                                            : metric_field::histogram;
  pbf_writer data(message, field);
  for (const auto* point : points) {
    if (rule.kind == MetricKind::histogram) {
      add_histogram_point(data, point->first, point->second, start, now, labels);
    } else {
      add_number_point(data, point->first, point->second, start, now, labels);
    }
  }
  if (rule.kind != MetricKind::gauge) data.add_enum(2, kCumulative);
  if (rule.kind == MetricKind::counter) data.add_bool(3, true);
}

}  // namespace

Encoded encode_traces(const Resource& resource, std::span<const Span> spans, const LabelTable& labels) {
  Encoded result;
  size_t written = 0;
  result.bytes = in_envelope(resource, [&](pbf_writer& scope) {
    for (const Span& span : spans) {
      if (!conforms(span.attributes, labels)) {
        ++result.violations;
        continue;
      }
      add_span(scope, span, labels);
      ++written;
    }
  });
  if (written == 0) result.bytes.clear();
  return result;
}

Encoded encode_metrics(const Resource& resource, const Series& series, WallTime start, WallTime now,
                       const LabelTable& labels) {
  Encoded result;
  std::vector<std::vector<const Series::value_type*>> by_metric(metric_count());
  for (const auto& entry : series) {
    if (conforms(entry.first.attributes, labels)) {
      by_metric[static_cast<size_t>(entry.first.metric)].push_back(&entry);
    } else {
      ++result.violations;
    }
  }
  size_t written = 0;
  result.bytes = in_envelope(resource, [&](pbf_writer& scope) {
    for (size_t i = 0; i < by_metric.size(); ++i) {
      if (by_metric[i].empty()) continue;
      add_metric(scope, static_cast<MetricId>(i), by_metric[i], nanos(start), nanos(now), labels);
      ++written;
    }
  });
  if (written == 0) result.bytes.clear();
  return result;
}

Encoded encode_usage(const Resource& resource, std::span<const UsageCount> counts, WallTime now,
                     std::chrono::seconds window, const LabelTable& labels) {
  Encoded result;
  size_t written = 0;
  result.bytes = in_envelope(resource, [&](pbf_writer& scope) {
    for (const UsageCount& count : counts) {
      AttributeSet attributes;
      attributes.operation_hash(count.operation->hash)
          .graphql_operation_type(count.operation->type)
          .graphql_operation_name(count.operation->name)
          .graphql_document(count.operation->document)
          .window_seconds(int64_t{window.count()})
          .request_count(static_cast<int64_t>(count.requests))
          .error_count(static_cast<int64_t>(std::min<uint64_t>(count.errors, 1'000'000)));
      if (!conforms(attributes, labels)) {
        ++result.violations;
        continue;
      }
      pbf_writer record(scope, envelope::items);
      record.add_fixed64(log_field::time, nanos(now));
      record.add_enum(log_field::severity, kSeverityInfo);
      {
        pbf_writer body(record, log_field::body);
        pbf_writer fields(body, any_value::kvlist_value);
        for (const auto& field : count.operation->fields) {
          add_number(fields, 1, labels.text(field), static_cast<int64_t>(count.requests));
        }
      }
      add_attributes(record, log_field::attributes, attributes, labels);
      record.add_fixed64(log_field::observed, nanos(now));
      record.add_string(log_field::event_name, "signet.schema.usage");
      ++written;
    }
  });
  if (written == 0) result.bytes.clear();
  return result;
}

}  // namespace signet::telemetry
