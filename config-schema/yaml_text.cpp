#include "config-schema/yaml_text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "router/base/utf8.hpp"

namespace signet::config {
namespace {

constexpr size_t kFileBytesMax = 1u << 20;

// Calls visit(line, number) for each line, number from 1, without its line end.
template <class Visit>
void for_each_line(std::string_view text, const Visit& visit) {
  uint32_t number = 1;
  while (true) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    visit(line, number++);
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

uint32_t column_of(std::string_view line, size_t at) {
  return 1 + static_cast<uint32_t>(std::ranges::count_if(
                 line.substr(0, at), [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

// yaml-cpp ends its input at byte 4 and guesses UTF-16 from zero bytes, so that no control may get that far.
void check_controls(std::string_view line, const Place& start, Findings& findings) {
  for (size_t i = 0; i < line.size(); ++i) {
    const auto c = static_cast<uint8_t>(line[i]);
    if (c >= 0x20 && c != 0x7F) continue;
    const Place place{start.file, start.line, column_of(line, i)};
    findings.error(place, "",
                   c == '\t'
                       ? std::string("a tab; indent with spaces, and write \\t in a double-quoted value")
                       : fmt::format("the control character 0x{:02x}; write it as an escape in double quotes", c));
    return;
  }
}

bool is_marker(std::string_view line, std::string_view marker) {
  return line.starts_with(marker) && (line.size() == marker.size() || line[marker.size()] == ' ');
}

void check_documents(const SourceFile& file, uint32_t index, Findings& findings) {
  bool content = false;
  for_each_line(file.text, [&](std::string_view line, uint32_t number) {
    const Place place{index, number, 1};
    check_controls(line, place, findings);
    if (is_marker(line, "---")) {
      if (content) findings.error(place, "", "a second document; put it into a file of its own and pass both with -c");
      content = true;
    } else if (is_marker(line, "...")) {
      findings.error(place, "", "an end-of-document mark; remove it");
    } else if (!content && line.starts_with('%')) {
      findings.error(place, "", "a directive; remove it");
    }
    const size_t first = line.find_first_not_of(' ');
    content = content || (first != std::string_view::npos && line[first] != '#');
  });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

LineIndex::LineIndex(std::string_view text, uint32_t file) : text_(text), file_(file) {
  starts_.push_back(0);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts_.push_back(i + 1);
  }
}

Place LineIndex::place(int line, int column) const {
  const size_t n = std::min(static_cast<size_t>(std::max(line, 0)), starts_.size() - 1);
  const std::string_view rest = text_.substr(starts_[n]);
  return {file_, static_cast<uint32_t>(n + 1), column_of(rest, static_cast<size_t>(std::max(column, 0)))};
}

bool check_yaml_text(const SourceFile& file, uint32_t index, Findings& findings) {
  const std::string_view text = file.text;
  const Place start{index, 1, 1};
  if (text.size() > kFileBytesMax) {
    findings.error(start, "", fmt::format("the file has {} bytes; at most {} are allowed", text.size(), kFileBytesMax));
    return false;
  }
  if (text.starts_with("\xEF\xBB\xBF") || text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    findings.error(start, "", "the file starts with a byte-order mark; save it as UTF-8 without one");
    return false;
  }
  bool utf8 = true;
  for_each_line(text, [&](std::string_view line, uint32_t number) {
    if (!utf8 || is_utf8(line)) return;
    utf8 = false;
    findings.error({index, number, 1}, "", "the line is not UTF-8; save the file as UTF-8");
    findings.hide_line_from({index, number, 1});
  });
  if (!utf8) return false;
  if (text.find("\xEF\xBB\xBF") != std::string_view::npos) {
    findings.error(start, "", "the file holds a byte-order mark; remove it");
    return false;
  }
  const size_t before = findings.error_count();
  check_documents(file, index, findings);
  const bool good = findings.error_count() == before;
  if (!good) hide_likely_secrets(file, index, findings);
  return good;
}

void hide_likely_secrets(const SourceFile& file, uint32_t index, Findings& findings) {
  constexpr std::array<std::string_view, 5> kWords = {"token", "password", "passwd", "secret", "authorization"};
  for_each_line(file.text, [&](std::string_view line, uint32_t number) {
    const std::string text = lower(line);
    for (std::string_view word : kWords) {
      const size_t at = text.find(word);
      const size_t colon = at == std::string::npos ? at : text.find(':', at);
      if (colon != std::string::npos) findings.hide_line_from({index, number, column_of(line, colon + 1)});
    }
  });
}

}  // namespace signet::config
