#include "router/net/framing_guard.hpp"

#include <algorithm>
#include <charconv>

#include "router/base/limits.hpp"
#include "router/http/message.hpp"
#include "router/http/token.hpp"

namespace signet::net {
namespace {

using http::equals_ignoring_case;
using http::trim_space;

constexpr size_t kContentLengthDigitsMax = 10;

std::unexpected<FramingRefusal> refuse(std::string_view message, int status = 400,
                                       ErrorCode code = ErrorCode::BAD_REQUEST) {
  return std::unexpected(FramingRefusal{status, code, message});
}

// A port's number, or nothing. Spec: RFC 3986 §3.2.3
bool is_port(std::string_view text) {
  uint32_t port = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    port = 10 * port + static_cast<uint32_t>(c - '0');
    if (port > UINT16_MAX) return false;
  }
  return true;
}

// The authority of a Host field or an absolute target: a name, an IPv4 address or a bracketed IPv6 address, and a port.
// Spec: RFC 9110 §7.2
bool is_authority(std::string_view text) {
  std::string_view host = text;
  if (host.starts_with('[')) {
    const size_t close = host.find(']');
    if (close == std::string_view::npos) return false;
    for (char c : host.substr(1, close - 1)) {
      const bool fits = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') || c == ':' || c == '.';
      if (!fits) return false;
    }
    host.remove_prefix(close + 1);
  } else {
    const size_t colon = host.find(':');
    const std::string_view name = host.substr(0, colon);
    if (name.empty()) return false;
    for (char c : name) {
      const bool fits = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '.' ||
                        c == '_' || c == '~';
      if (!fits) return false;
    }
    host = colon == std::string_view::npos ? std::string_view() : host.substr(colon);
  }
  return host.empty() || (host.front() == ':' && is_port(host.substr(1)));
}

/// Spec: RFC 9110 §5.5. Bytes above 0x7F are let through, as obs-text.
bool has_control_character(std::string_view text) {
  bool found = false;
  for (char c : text) found |= (static_cast<uint8_t>(c) < 0x20 && c != '\t') || c == 0x7F;
  return found;
}

std::expected<std::string_view, FramingRefusal> check_target(std::string_view method, std::string_view target) {
  if (target.size() > limits::kRequestTargetBytesMax) {
    return refuse("the request target is longer than 16 KiB", 414, ErrorCode::URI_TOO_LONG);
  }
  for (char c : target) {
    if (c < 0x21 || c > 0x7E || c == '#') return refuse("the request target has a character that is not allowed");
  }
  if (target.starts_with('/')) return std::string_view();
  if (target == "*" && method == "OPTIONS") return std::string_view();
  if (method == "CONNECT") return refuse("CONNECT is not offered", 405, ErrorCode::METHOD_NOT_ALLOWED);
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const std::string_view rest = target.substr(scheme.size());
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
    if (is_authority(authority)) return authority;
  }
  return refuse("the request target is neither a path nor an absolute URL");
}

}  // namespace

std::expected<Framing, FramingRefusal> HeadGuard::check(std::string_view bytes) {
  while (true) {
    const bool first = fields_at_ == 0;
    const auto line = next_line(bytes);
    if (!line) return std::unexpected(line.error());
    if (auto good = check_sizes(bytes, !*line); !good) return std::unexpected(good.error());
    if (!*line) return Framing{};
    if (!first && (*line)->empty()) return finish(bytes);
    if (auto good = first ? check_first_line(bytes, **line) : check_field(bytes, **line); !good) {
      return std::unexpected(good.error());
    }
  }
}

// The next line. Bare CR and bare LF are refused; nullopt: no line end yet.
std::expected<std::optional<std::string_view>, FramingRefusal> HeadGuard::next_line(std::string_view bytes) {
  const size_t end = std::min(bytes.find('\r', seen_), bytes.size());
  if (bytes.substr(seen_, end - seen_).find('\n') != std::string_view::npos) {
    return refuse("a line ends in a bare line feed");
  }
  seen_ = end;
  if (end + 1 >= bytes.size()) return std::nullopt;
  if (bytes[end + 1] != '\n') return refuse("a line has a bare carriage return");
  const std::string_view line = bytes.substr(line_, end - line_);
  line_ = seen_ = end + 2;
  return line;
}

HeadGuard::Checked HeadGuard::check_sizes(std::string_view bytes, bool unfinished) const {
  constexpr size_t kStatusLineBytesMax = 1024;
  constexpr size_t kMethodAndVersionBytesMax = 64;
  if (fields_at_ > 0) {
    if ((unfinished ? bytes.size() : line_) - fields_at_ <= limits::kHeaderBytesMax) return {};
    return refuse("the header fields are larger than 64 KiB", 431, ErrorCode::HEADERS_TOO_LARGE);
  }
  if (!unfinished) return {};
  if (kind_ == Kind::response) {
    if (bytes.size() > kStatusLineBytesMax) return refuse("the status line is too long");
  } else if (bytes.size() > limits::kRequestTargetBytesMax + kMethodAndVersionBytesMax) {
    return refuse("the request target is longer than 16 KiB", 414, ErrorCode::URI_TOO_LONG);
  }
  return {};
}

HeadGuard::Checked HeadGuard::check_first_line(std::string_view bytes, std::string_view line) {
  fields_at_ = line_;
  auto good = kind_ == Kind::request ? check_request_line(bytes, line) : check_status_line(line);
  framing_.keep_alive = !http_1_0_;
  return good;
}

HeadGuard::Checked HeadGuard::check_request_line(std::string_view bytes, std::string_view line) {
  const size_t first = line.find(' ');
  const size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos || line.find(' ', second + 1) != std::string_view::npos) {
    return refuse("the request line is not: method, target, version");
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view version = line.substr(second + 1);
  if (!http::is_token(method) || method.size() > 32) return refuse("the method is not valid");
  if (version.starts_with("HTTP/2")) return refuse("HTTP/2 is not offered here", 505);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return refuse("the HTTP version is not 1.1 or 1.0");
  const auto authority = check_target(method, line.substr(first + 1, second - first - 1));
  if (!authority) return std::unexpected(authority.error());
  if (!authority->empty()) authority_ = {static_cast<size_t>(authority->data() - bytes.data()), authority->size()};
  http_1_0_ = version == "HTTP/1.0";
  return {};
}

// Spec: RFC 9112 §4
HeadGuard::Checked HeadGuard::check_status_line(std::string_view line) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  http_1_0_ = line.starts_with("HTTP/1.0 ");
  if (!http_1_0_ && !line.starts_with(kVersion)) return refuse("the status line is not HTTP/1");
  line.remove_prefix(kVersion.size());
  if (line.size() < 4 || line[3] != ' ') return refuse("the status line is not: version, three digits, reason");
  for (char digit : line.substr(0, 3)) {
    if (digit < '0' || digit > '9') return refuse("the status line is not: version, three digits, reason");
    framing_.status = framing_.status * 10 + (digit - '0');
  }
  if (has_control_character(line)) return refuse("the status line has a control character");
  return {};
}

HeadGuard::Checked HeadGuard::check_field(std::string_view bytes, std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') return refuse("a header field is folded over two lines");
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !http::is_token(line.substr(0, colon))) {
    return refuse("a header field has no valid name");
  }
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim_space(line.substr(colon + 1));
  if (has_control_character(value)) return refuse("a header field has a control character in its value");
  framing_.plain_fields &= line.size() == name.size() + 2 + value.size() && line[colon + 1] == ' ';
  if (++fields_ > limits::kHeaderFieldsMax) {
    return refuse("there are more than 100 header fields", 431, ErrorCode::HEADERS_TOO_LARGE);
  }
  return check_known_field(bytes, name, value);
}

HeadGuard::Checked HeadGuard::check_known_field(std::string_view bytes, std::string_view name, std::string_view value) {
  if (equals_ignoring_case(name, "transfer-encoding")) return check_transfer_encoding(value);
  if (equals_ignoring_case(name, "content-length")) return check_content_length(value);
  if (equals_ignoring_case(name, "host")) {
    ++hosts_;
    host_ = {static_cast<size_t>(value.data() - bytes.data()), value.size()};
    if (!is_authority(value)) return refuse("the Host field is not valid");
  } else if (equals_ignoring_case(name, "connection")) {
    return check_connection(value);
  } else if (equals_ignoring_case(name, "expect")) {
    if (!equals_ignoring_case(value, "100-continue")) return refuse("only Expect: 100-continue is understood", 417);
    framing_.expect_continue = !http_1_0_;
  }
  return {};
}

HeadGuard::Checked HeadGuard::check_transfer_encoding(std::string_view value) {
  if (http_1_0_) return refuse("HTTP/1.0 has no Transfer-Encoding");
  if (framing_.chunked) return refuse("there is more than one Transfer-Encoding field");
  if (equals_ignoring_case(value, "chunked")) {
    framing_.chunked = true;
    return {};
  }
  // Parameters and `identity` are malformed; other codings are merely not ours.
  const bool malformed = value.find(';') != std::string_view::npos || equals_ignoring_case(value, "identity");
  return refuse("the only transfer coding is chunked", malformed ? 400 : 501);
}

HeadGuard::Checked HeadGuard::check_content_length(std::string_view value) {
  if (framing_.has_content_length) return refuse("there is more than one Content-Length field");
  if (value.empty() || value.size() > kContentLengthDigitsMax || (value.size() > 1 && value.front() == '0')) {
    return refuse("the Content-Length is not a plain number");
  }
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), framing_.content_length);
  if (error != std::errc() || end != value.data() + value.size()) {
    return refuse("the Content-Length is not a plain number");
  }
  framing_.has_content_length = true;
  return {};
}

// Spec: RFC 9110 §7.6.1. Options may name hop-by-hop fields only: nominating another would let a client remove it.
HeadGuard::Checked HeadGuard::check_connection(std::string_view value) {
  while (true) {
    const size_t comma = value.find(',');
    const std::string_view option = trim_space(value.substr(0, comma));
    if (equals_ignoring_case(option, "close")) {
      framing_.keep_alive = false;
      close_ = true;
    } else if (equals_ignoring_case(option, "keep-alive")) {
      framing_.keep_alive = !close_ && !http_1_0_;  // HTTP/1.0 connections carry one message
    } else if (kind_ == Kind::request && !option.empty() && !equals_ignoring_case(option, "upgrade") &&
               !equals_ignoring_case(option, "te") && !equals_ignoring_case(option, "http2-settings")) {
      return refuse("the Connection field names an end-to-end field");
    }
    if (comma == std::string_view::npos) return {};
    value.remove_prefix(comma + 1);
  }
}

std::expected<Framing, FramingRefusal> HeadGuard::finish(std::string_view bytes) {
  if (kind_ == Kind::request) {
    if (hosts_ != 1) return refuse("there must be exactly one Host field");
    const std::string_view authority = bytes.substr(authority_.at, authority_.size);
    if (!authority.empty() && !equals_ignoring_case(authority, bytes.substr(host_.at, host_.size))) {
      return refuse("the Host field and the request target name different hosts");
    }
  }
  if (framing_.chunked && framing_.has_content_length) {
    return refuse("a message has Content-Length or Transfer-Encoding, not both");
  }
  framing_.head_bytes = line_;
  framing_.fields_begin = fields_at_;
  return framing_;
}

}  // namespace signet::net
