// Spans and schema usage, as the request path records them: ids, times and attributes, no text.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "router/base/clock.hpp"
#include "telemetry/record/attributes.hpp"

namespace signet::telemetry {

using TraceId = std::array<uint8_t, 16>;
using SpanId = std::array<uint8_t, 8>;

enum class SpanName : uint8_t { query, mutation, http, fetch };  ///< exported by these words; `http` as "HTTP"
enum class SpanKind : uint8_t { server = 2, client = 3 };        ///< values of the wire

struct Span {
  TraceId trace{};
  SpanId id{};
  SpanId parent{};  ///< all zero: a root
  SpanName name = SpanName::http;
  SpanKind kind = SpanKind::server;
  WallTime start;
  WallTime end;
  bool error = false;
  AttributeSet attributes;
};

/// Random ids for traces, and the head sampling decision.
/// Threads: one.
class TraceSource {
 public:
  /// Units: `rate` from 0 to 1.
  explicit TraceSource(double rate);
  /// True when the next trace is recorded.
  bool sample();
  TraceId trace_id();
  SpanId span_id();

 private:
  uint64_t next();
  std::array<uint64_t, 4> state_{};
  uint64_t threshold_;
};

/// The schema coordinates one prepared operation touches; shared by all its requests.
struct UsageTemplate {
  Label<LabelClass::operation_hash> hash;
  Label<LabelClass::operation_type> type;
  Label<LabelClass::operation_name> name;
  Label<LabelClass::document> document;
  std::vector<Label<LabelClass::coordinate>> fields;
};

/// Requests per prepared operation since the last collection.
struct UsageCount {
  std::shared_ptr<const UsageTemplate> operation;
  uint64_t requests = 0;
  uint64_t errors = 0;
};

}  // namespace signet::telemetry
