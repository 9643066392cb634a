#include "telemetry/export/event_log.hpp"

#include <poll.h>
#include <unistd.h>

#include "router/base/units.hpp"
#include "router/base/utf8.hpp"
#include "router/json/writer.hpp"

namespace signet::telemetry {

std::string event_line(WallTime time, LogLevel level, std::string_view event, const EventFields& fields) {
  constexpr std::string_view kLevels[] = {"debug", "info", "warn", "error"};
  std::string line;
  json::Writer writer(line);
  writer.begin_object().key("time").value(format_timestamp(time)).key("type").value("event");
  writer.key("level").value(kLevels[static_cast<size_t>(level)]).key("event").value(event);
  for (const auto& [name, text] : fields) writer.key(name).value(is_utf8(text) ? text : "(not UTF-8)");
  writer.end_object();
  line.push_back('\n');
  return line;
}

void LineWriter::write(std::string_view lines) {
  constexpr size_t kPieceBytes = 4096;  // what a pipe takes in one step once poll() says it is writable (PIPE_BUF)
  while (!lines.empty()) {
    pollfd ready{.fd = descriptor_, .events = POLLOUT, .revents = 0};
    const ssize_t written =
        poll(&ready, 1, 0) == 1 ? ::write(descriptor_, lines.data(), std::min(lines.size(), kPieceBytes)) : -1;
    if (written <= 0) {
      ++dropped_;
      return;
    }
    lines.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace signet::telemetry
