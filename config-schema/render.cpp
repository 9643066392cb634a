// Diagnostics as text and as JSON.
#include <fmt/format.h>

#include "config-schema/load.hpp"
#include "router/json/writer.hpp"

namespace signet::config {
namespace {

// Spaces up to `column`, with the tabs of the line kept so that the caret stands right below.
std::string caret_line(std::string_view line, uint32_t column) {
  std::string out;
  uint32_t seen = 1;
  for (char c : line) {
    if ((static_cast<uint8_t>(c) & 0xC0) == 0x80) continue;
    if (seen++ >= column) break;
    out += c == '\t' ? '\t' : ' ';
  }
  return out + "^";
}

}  // namespace

std::string render(const Diagnostic& diagnostic) {
  std::string out = diagnostic.file;
  if (diagnostic.line > 0) out += fmt::format("{}{}:{}", out.empty() ? "" : ":", diagnostic.line, diagnostic.column);
  if (!diagnostic.path.empty()) out += fmt::format("{}{}", out.empty() ? "" : ": ", diagnostic.path);
  out += fmt::format("{}{}", out.empty() ? "" : ": ", diagnostic.message);
  if (diagnostic.source_line.empty()) return out;
  return out + fmt::format("\n{}\n{}", diagnostic.source_line, caret_line(diagnostic.source_line, diagnostic.column));
}

std::string render_json(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  for (const Diagnostic& diagnostic : diagnostics) {
    writer.begin_object();
    writer.key("file").value(diagnostic.file);
    writer.key("line").value(diagnostic.line).key("column").value(diagnostic.column);
    writer.key("path").value(diagnostic.path).key("message").value(diagnostic.message);
    writer.key("source_line").value(diagnostic.source_line);
    writer.end_object();
  }
  writer.end_array();
  return out;
}

}  // namespace signet::config
