// The access log: one JSON line per request, made from ids and numbers.
#pragma once

#include <string>

#include "telemetry/record/access_record.hpp"

namespace signet::telemetry {

/// One line with its newline, keys in a fixed order, absent labels left out.
std::string access_line(const AccessRecord& record, const LabelTable& labels);

}  // namespace signet::telemetry
