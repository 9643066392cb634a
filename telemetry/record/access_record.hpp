// One line of the access log, before it is text: ids and numbers.
#pragma once

#include <cstdint>

#include "router/base/clock.hpp"
#include "telemetry/record/label.hpp"
#include "telemetry/record/span.hpp"

namespace signet::telemetry {

struct AccessRecord {
  WallTime time;
  TraceId trace{};
  bool sampled = false;
  Label<LabelClass::method> method;
  Label<LabelClass::route> route;
  Label<LabelClass::operation_type> operation_type;
  Label<LabelClass::operation_name> operation_name;
  Label<LabelClass::operation_hash> operation_hash;
  Label<LabelClass::user_agent> user_agent;
  Label<LabelClass::error_code> error;
  uint16_t status = 0;
  uint32_t errors = 0;
  uint32_t fetches = 0;
  uint64_t request_bytes = 0;
  uint64_t response_bytes = 0;
  uint64_t duration_us = 0;
};

}  // namespace signet::telemetry
