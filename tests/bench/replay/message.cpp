#include "tests/bench/replay/message.hpp"

#include <algorithm>
#include <charconv>

namespace signet::bench {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool starts_with_name(std::string_view line, std::string_view lower_name) {
  return line.size() >= lower_name.size() &&
         std::equal(lower_name.begin(), lower_name.end(), line.begin(), [](char a, char b) { return a == lower(b); });
}

}  // namespace

Progress read_message(std::string_view buffer, bool needs_length, Message& out) {
  const size_t head_end = buffer.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return Progress::incomplete;
  const std::string_view head = buffer.substr(0, head_end + 2);
  out.start_line = head.substr(0, head.find("\r\n"));
  std::optional<size_t> length;
  for (size_t at = out.start_line.size() + 2; at < head.size();) {
    const size_t end = head.find("\r\n", at);
    const std::string_view line = head.substr(at, end - at);
    at = end + 2;
    if (starts_with_name(line, "transfer-encoding:")) return Progress::malformed;
    if (!starts_with_name(line, "content-length:")) continue;
    const char* digits = line.data() + line.find_first_not_of(" \t", sizeof("content-length:") - 1);
    size_t value = 0;
    if (std::from_chars(digits, line.data() + line.size(), value).ec != std::errc()) return Progress::malformed;
    length = value;
  }
  if (!length && needs_length) return Progress::malformed;
  out.bytes = head_end + 4 + length.value_or(0);
  if (buffer.size() < out.bytes) return Progress::incomplete;
  out.body = buffer.substr(head_end + 4, length.value_or(0));
  return Progress::complete;
}

std::string_view second_word(std::string_view start_line) {
  const size_t begin = std::min(start_line.find(' '), start_line.size() - 1) + 1;
  return start_line.substr(begin, start_line.find(' ', begin) - begin);
}

std::string json_post(std::string_view target, std::string_view body) {
  std::string out = "POST ";
  out.append(target).append(" HTTP/1.1\r\nHost: upstream\r\nContent-Type: application/json\r\nContent-Length: ");
  return out.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

std::string json_answer(std::string_view status_and_reason, std::string_view body) {
  std::string out = "HTTP/1.1 ";
  out.append(status_and_reason).append("\r\nContent-Type: application/json\r\nContent-Length: ");
  return out.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

}  // namespace signet::bench
