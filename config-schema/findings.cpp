#include "config-schema/findings.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace signet::config {
namespace {

constexpr size_t kQuotedBytesMax = 80;
constexpr size_t kLineBytesMax = 400;
constexpr size_t kFindingsMax = 200;
constexpr std::string_view kHidden = "(secret)";

bool is_continuation(char c) {
  return (static_cast<uint8_t>(c) & 0xC0) == 0x80;
}

// Byte offset of the character number `column` (from 1).
size_t byte_of_column(std::string_view line, uint32_t column) {
  size_t at = 0;
  for (uint32_t seen = 1; at < line.size(); ++at) {
    if (is_continuation(line[at])) continue;
    if (seen++ == column) break;
  }
  return at;
}

std::string_view cut(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && is_continuation(text[bytes_max])) --bytes_max;
  return text.substr(0, bytes_max);
}

// Bytes become stars; a character of several bytes becomes one star and nothing.
void star_out(std::string& text, size_t at, size_t length) {
  std::string stars;
  for (char c : text.substr(at, length)) {
    if (!is_continuation(c)) stars += '*';
  }
  text.replace(at, length, stars);
}

// user:password@ of a URL; a password may hold anything but a space or a quote here.
void star_out_passwords(std::string& text) {
  for (size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at)) {
    at += 3;
    const size_t end = std::min(text.find_first_of(" \"'", at), text.size());
    const size_t sign = text.substr(at, end - at).rfind('@');
    if (sign != std::string::npos) star_out(text, at, sign);
  }
}

std::string_view line_of(std::string_view text, uint32_t line) {
  for (uint32_t n = 1; n < line; ++n) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string quote(std::string_view text) {
  std::string shown(text);
  star_out_passwords(shown);
  const std::string_view part = cut(shown, kQuotedBytesMax);
  std::string out = "\"";
  for (char c : part) {
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) {
      out += c == '\n' ? "\\n" : fmt::format("\\x{:02x}", static_cast<uint8_t>(c));
    } else {
      out += c;
    }
  }
  if (part.size() < shown.size()) out += "…";
  return out + "\"";
}

std::string quote(const YamlNode& scalar) {
  return quote(scalar.substituted() ? scalar.written : scalar.text);
}

void Findings::error(const Place& place, std::string path, std::string message) {
  if (errors_.size() == kFindingsMax) {
    message = fmt::format("there are more than {} errors; the rest is not shown", kFindingsMax);
    path.clear();
  }
  if (errors_.size() <= kFindingsMax) errors_.push_back({place, std::move(path), std::move(message), errors_.size()});
}

void Findings::warning(const Place& place, std::string path, std::string message) {
  if (warnings_.size() < kFindingsMax)
    warnings_.push_back({place, std::move(path), std::move(message), warnings_.size()});
}

bool Findings::covers(std::string_view path) const {
  return std::ranges::any_of(errors_, [&](const Finding& finding) {
    const std::string_view found = finding.path;
    if (!found.starts_with(path)) return false;
    return found.size() == path.size() || found[path.size()] == '.' || found[path.size()] == '[';
  });
}

void Findings::hide(const YamlNode& node) {
  if (node.kind == NodeKind::scalar) hidden_.push_back({node.place, node.substituted() ? node.written : node.text});
  for (const YamlNode& item : node.items) hide(item);
  for (const YamlMember& member : node.members) hide(member.value);
}

// Characters are hidden one by one, so that the caret stays below what it points at.
std::string Findings::quoted_line(const Place& place) const {
  if (place.file >= files_.size() || place.line == 0) return {};
  std::string line(cut(line_of(files_[place.file].text, place.line), kLineBytesMax));
  for (const Hidden& hidden : hidden_) {
    if (hidden.place.file != place.file || hidden.place.line != place.line) continue;
    if (hidden.place.column > line.size()) continue;
    const size_t at = byte_of_column(line, hidden.place.column);
    const bool quoted = at < line.size() && (line[at] == '"' || line[at] == '\'');
    const size_t begin = at + (quoted ? 1 : 0);
    const bool found = !hidden.text.empty() && line.compare(begin, hidden.text.size(), hidden.text) == 0 &&
                       (!quoted || line.substr(begin + hidden.text.size(), 1) == line.substr(at, 1));
    if (found) {
      star_out(line, begin, hidden.text.size());
    } else if (at < line.size()) {
      line.replace(at, line.size() - at, kHidden);
    }
  }
  star_out_passwords(line);
  for (char& c : line) {
    if (static_cast<uint8_t>(c) < 0x20 && c != '\t') c = ' ';
  }
  return line;
}

std::vector<Diagnostic> Findings::finish(std::vector<Finding> findings) const {
  std::ranges::sort(findings, {}, [](const Finding& finding) { return std::pair(finding.place, finding.order); });
  std::vector<Diagnostic> out;
  out.reserve(findings.size());
  for (Finding& finding : findings) {
    out.push_back({.file = finding.place.file < files_.size() ? files_[finding.place.file].name : "",
                   .line = finding.place.line,
                   .column = finding.place.column,
                   .path = std::move(finding.path),
                   .message = std::move(finding.message),
                   .source_line = quoted_line(finding.place)});
  }
  return out;
}

}  // namespace signet::config
