#include "router/http/message.hpp"

#include <algorithm>

#include "router/http/token.hpp"
#include "router/http/transport.hpp"

namespace signet::http {

std::string_view to_text(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::delete_:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
    case Method::patch:
      return "PATCH";
    case Method::other:
      break;
  }
  return "OTHER";
}

std::string_view reason(int status) {
  struct Reason {
    int status;
    std::string_view phrase;
  };
  static constexpr auto kReasons = std::to_array<Reason>({{100, "Continue"},
                                                          {101, "Switching Protocols"},
                                                          {200, "OK"},
                                                          {201, "Created"},
                                                          {202, "Accepted"},
                                                          {204, "No Content"},
                                                          {206, "Partial Content"},
                                                          {301, "Moved Permanently"},
                                                          {302, "Found"},
                                                          {303, "See Other"},
                                                          {304, "Not Modified"},
                                                          {307, "Temporary Redirect"},
                                                          {308, "Permanent Redirect"},
                                                          {400, "Bad Request"},
                                                          {401, "Unauthorized"},
                                                          {403, "Forbidden"},
                                                          {404, "Not Found"},
                                                          {405, "Method Not Allowed"},
                                                          {406, "Not Acceptable"},
                                                          {408, "Request Timeout"},
                                                          {409, "Conflict"},
                                                          {411, "Length Required"},
                                                          {412, "Precondition Failed"},
                                                          {413, "Content Too Large"},
                                                          {414, "URI Too Long"},
                                                          {415, "Unsupported Media Type"},
                                                          {417, "Expectation Failed"},
                                                          {421, "Misdirected Request"},
                                                          {422, "Unprocessable Content"},
                                                          {426, "Upgrade Required"},
                                                          {429, "Too Many Requests"},
                                                          {431, "Request Header Fields Too Large"},
                                                          {500, "Internal Server Error"},
                                                          {501, "Not Implemented"},
                                                          {502, "Bad Gateway"},
                                                          {503, "Service Unavailable"},
                                                          {504, "Gateway Timeout"},
                                                          {505, "HTTP Version Not Supported"}});
  const auto* found = std::ranges::find(kReasons, status, &Reason::status);
  return found == kReasons.end() ? "Unknown" : found->phrase;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower_case(x) == lower_case(y); });
}

Headers::Field Headers::Iterator::operator*() const {
  const size_t colon = rest_.find(':');
  const size_t end = rest_.find('\r', colon);
  return {rest_.substr(0, colon), rest_.substr(colon + 2, end - colon - 2)};
}

Headers::Iterator& Headers::Iterator::operator++() {
  rest_.remove_prefix(rest_.find('\n') + 1);
  return *this;
}

void Headers::add(std::string_view name, std::string_view value) {
  if (!is_token(name)) return;
  if (lines_.capacity() - lines_.size() < name.size() + value.size() + 4) {
    // Both may be views of the lines, which are about to move.
    std::string roomy;
    roomy.reserve(2 * (lines_.size() + name.size() + value.size() + 4));
    roomy += lines_;
    std::swap(roomy, lines_);
    return append(name, value);
  }
  append(name, value);
}

void Headers::append(std::string_view name, std::string_view value) {
  lines_.append(name).append(": ");
  const size_t begin = lines_.size();
  lines_ += value;
  constexpr std::string_view kLineBreakers("\r\n\0", 3);
  for (size_t at = begin; (at = lines_.find_first_of(kLineBreakers, at)) != std::string::npos;) lines_[at] = ' ';
  lines_ += "\r\n";
}

void Headers::set(std::string_view name, std::string_view value) {
  Headers kept = without(name);
  kept.add(name, value);
  lines_ = std::move(kept.lines_);
}

Headers Headers::without(std::string_view name) const {
  Headers kept;
  for (const auto& [field, value] : *this) {
    if (!equals_ignoring_case(field, name)) kept.add(field, value);
  }
  return kept;
}

void Headers::remove(std::string_view name) {
  lines_ = without(name).lines_;
}

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [field, value] : *this) {
    if (equals_ignoring_case(field, name)) return value;
  }
  return {};
}

size_t Headers::count(std::string_view name) const {
  size_t count = 0;
  for (const auto& [field, value] : *this) count += equals_ignoring_case(field, name) ? 1 : 0;
  return count;
}

size_t Headers::size() const {
  return static_cast<size_t>(std::ranges::count(lines_, '\n'));
}

std::string Headers::joined(std::string_view name) const {
  std::string out;
  bool first = true;
  for (const auto& [field, value] : *this) {
    if (!equals_ignoring_case(field, name)) continue;
    if (!first) out += ", ";
    first = false;
    out += value;
  }
  return out;
}

std::string_view to_text(TransportError error) {
  switch (error) {
    case TransportError::unreachable:
      return "unreachable";
    case TransportError::timeout:
      return "timeout";
    case TransportError::egress_denied:
      return "egress_denied";
    case TransportError::tls:
      return "tls";
    case TransportError::protocol:
      return "protocol";
    case TransportError::too_large:
      return "too_large";
    case TransportError::coding:
      return "coding";
    case TransportError::cancelled:
      break;
  }
  return "cancelled";
}

}  // namespace signet::http
