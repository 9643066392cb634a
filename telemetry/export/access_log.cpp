#include "telemetry/export/access_log.hpp"

#include "router/base/encoding.hpp"
#include "router/base/units.hpp"
#include "router/json/writer.hpp"

namespace signet::telemetry {

std::string access_line(const AccessRecord& record, const LabelTable& labels) {
  std::string line;
  json::Writer writer(line);
  auto label = [&](std::string_view key, auto value) {
    if (const std::string_view text = labels.text(value); !text.empty()) writer.key(key).value(text);
  };
  writer.begin_object().key("time").value(format_timestamp(record.time)).key("type").value("access");
  if (record.sampled) writer.key("trace_id").value(hex_encode(record.trace));
  label("method", record.method);
  label("route", record.route);
  label("operation_type", record.operation_type);
  label("operation_name", record.operation_name);
  label("operation_hash", record.operation_hash);
  label("user_agent", record.user_agent);
  writer.key("status").value(record.status);
  label("error", record.error);
  writer.key("errors").value(record.errors);
  writer.key("fetches").value(record.fetches);
  writer.key("request_bytes").value(record.request_bytes);
  writer.key("response_bytes").value(record.response_bytes);
  writer.key("duration_us").value(record.duration_us);
  writer.end_object();
  line.push_back('\n');
  return line;
}

}  // namespace signet::telemetry
