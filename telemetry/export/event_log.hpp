// The event log: what the router does and decides, one JSON line per event, for the operator.
//
// Texts come from configuration, artifacts and the system, never from a request: the request path has no way to call
// it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/base/clock.hpp"
#include "router/base/error.hpp"

namespace signet::telemetry {

using EventFields = std::vector<std::pair<std::string_view, std::string>>;

/// One line with its newline: time, level, event, then the fields.
std::string event_line(WallTime time, LogLevel level, std::string_view event, const EventFields& fields);

/// Writes lines to a descriptor without ever waiting for it: what a full pipe does not take is dropped and counted.
/// Threads: one.
class LineWriter {
 public:
  explicit LineWriter(int descriptor) : descriptor_(descriptor) {}
  void write(std::string_view lines);
  uint64_t dropped() const { return dropped_; }

 private:
  int descriptor_;
  uint64_t dropped_ = 0;
};

}  // namespace signet::telemetry
