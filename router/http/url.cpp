#include "router/http/url.hpp"

#include <charconv>
#include <fmt/format.h>

#include "router/base/limits.hpp"
#include "router/http/egress.hpp"

namespace signet::http {
namespace {

constexpr size_t kHostBytesMax = 253;
constexpr size_t kLabelBytesMax = 63;
constexpr size_t kSocketPathBytesMax = 107;  // sun_path less its terminator

using Check = std::expected<void, std::string>;

std::unexpected<std::string> bad(std::string message) {
  return std::unexpected(std::move(message));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_ldh(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-';
}

Check check_bytes(std::string_view text) {
  if (text.empty()) return bad("the URL is empty");
  if (text.size() > limits::kUrlBytesMax) {
    return bad(fmt::format("the URL has {} bytes; at most {} are allowed", text.size(), limits::kUrlBytesMax));
  }
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<uint8_t>(text[i]);
    if (c < 0x21 || c > 0x7E) {
      return bad(fmt::format("byte {} of the URL is 0x{:02x}; write printable ASCII, and host names as xn--", i, c));
    }
    if (c == '\\') return bad("the URL contains a backslash");
    if (c == '#') return bad("the URL has a fragment");
  }
  return {};
}

// Programs disagree on what "1", "0x7f" or "127.1" at the end of a host means, so only dotted quads may end in a
// number.
bool looks_numeric(std::string_view label) {
  if (label.starts_with("0x")) {
    label.remove_prefix(2);
    return label.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  }
  return label.find_first_not_of("0123456789") == std::string_view::npos;
}

Check check_label(std::string_view label) {
  if (label.empty()) return bad("the host has an empty label or a trailing dot");
  if (label.size() > kLabelBytesMax) {
    return bad(fmt::format("a host label has {} bytes; at most {} are allowed", label.size(), kLabelBytesMax));
  }
  if (label.front() == '-' || label.back() == '-') return bad("a host label starts or ends with a hyphen");
  for (char c : label) {
    if (c >= 'A' && c <= 'Z') return bad("the host is not lower case; write it in lower case");
    if (!is_ldh(c)) return bad(fmt::format("the host contains '{}'; only letters, digits and hyphens are allowed", c));
  }
  return {};
}

Check check_name(std::string_view host) {
  if (host.empty()) return bad("the host is missing");
  if (host.size() > kHostBytesMax) {
    return bad(fmt::format("the host has {} bytes; at most {} are allowed", host.size(), kHostBytesMax));
  }
  std::string_view rest = host;
  while (true) {
    const size_t dot = rest.find('.');
    const std::string_view label = rest.substr(0, dot);
    if (auto good = check_label(label); !good) return good;
    if (dot == std::string_view::npos) {
      if (looks_numeric(label)) return bad("the host ends in a number but is no dotted IPv4 address");
      return {};
    }
    rest.remove_prefix(dot + 1);
  }
}

std::expected<uint16_t, std::string> parse_port(std::string_view text) {
  uint32_t port = 0;
  const bool digits =
      !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos;
  if (digits) std::from_chars(text.data(), text.data() + text.size(), port);
  if (!digits || text.front() == '0' || port > 65535) {
    return bad(fmt::format("the port \"{}\" is not a number from 1 to 65535", text.substr(0, 16)));
  }
  return static_cast<uint16_t>(port);
}

// Takes the host off the front of `authority` and leaves the empty text or ":port".
Check take_host(std::string_view& authority, Url& url) {
  if (authority.starts_with('[')) {
    const size_t close = authority.find(']');
    if (close == std::string_view::npos) return bad("the IPv6 address has no closing bracket");
    url.host = authority.substr(1, close - 1);
    url.host_kind = HostKind::ipv6;
    authority.remove_prefix(close + 1);
    const auto address = IpAddress::parse(url.host);
    if (!address || !address->v6) return bad("the brackets do not hold an IPv6 address as RFC 5952 writes it");
    if (!address->unwrapped().v6) {
      return bad(fmt::format("the IPv6 address embeds an IPv4 address; write {}", address->unwrapped().text()));
    }
    return {};
  }
  const size_t colon = authority.find(':');
  url.host = authority.substr(0, colon);
  authority.remove_prefix(url.host.size());
  if (IpAddress::parse(url.host)) {
    url.host_kind = HostKind::ipv4;
    return {};
  }
  url.host_kind = HostKind::name;
  return check_name(url.host);
}

Check check_escape(std::string_view text, size_t at) {
  if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) {
    return bad("the path has a percent sign without two hexadecimal digits");
  }
  uint8_t value = 0;
  std::from_chars(text.data() + at + 1, text.data() + at + 3, value, 16);
  const bool second_spelling = value == '.' || value == '/' || value == '\\' || value == '%';
  if (value < 0x20 || value == 0x7F || second_spelling) {
    return bad(fmt::format("the path contains the escape {}", text.substr(at, 3)));
  }
  return {};
}

Check check_segments(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return bad("the path has a dot segment");
    path.remove_prefix(segment.size());
  }
  return {};
}

Check check_target(std::string_view target) {
  constexpr std::string_view kAlsoAllowed = "-._~!$&'()*+,;=:@/?%";
  for (size_t i = 0; i < target.size(); ++i) {
    const char c = target[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !is_digit(c) && kAlsoAllowed.find(c) == std::string_view::npos) {
      return bad(fmt::format("the path contains '{}'; write it as an escape", c));
    }
    if (c == '%') {
      if (auto good = check_escape(target, i); !good) return good;
    }
  }
  return check_segments(target.substr(0, target.find('?')));
}

std::expected<Url, std::string> parse_unix(std::string_view path) {
  if (!path.starts_with('/') || path.starts_with("//")) {
    return bad("a unix URL is unix: and an absolute path, as in unix:/run/products.sock");
  }
  if (path.size() > kSocketPathBytesMax) {
    return bad(fmt::format("the socket path has {} bytes; at most {} are allowed", path.size(), kSocketPathBytesMax));
  }
  if (path.find("//") != std::string_view::npos || path.ends_with('/')) return bad("the socket path is not plain");
  for (char c : path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !is_digit(c) && std::string_view("/._-").find(c) == std::string_view::npos) {
      return bad(fmt::format("the socket path contains '{}'; use letters, digits, '.', '_' and '-'", c));
    }
  }
  if (auto good = check_segments(path); !good) return bad(std::move(good).error());
  return Url{.scheme = Scheme::unix_socket, .host = "", .port = 0, .target = std::string(path)};
}

// What was written must be what would be written: any other spelling could mean another host to another program.
bool says_the_same(const Url& url, std::string_view authority) {
  const std::string plain = url.authority();
  if (authority == plain) return true;
  const bool default_port = url.port == (url.tls() ? 443 : 80);
  return default_port && authority == fmt::format("{}:{}", plain, url.port);
}

}  // namespace

std::string Url::authority() const {
  if (scheme == Scheme::unix_socket) return "localhost";
  const std::string name = host_kind == HostKind::ipv6 ? "[" + host + "]" : host;
  const bool default_port = port == (tls() ? 443 : 80);
  return default_port ? name : fmt::format("{}:{}", name, port);
}

std::string Url::origin() const {
  if (scheme == Scheme::unix_socket) return "unix:" + target;
  return (tls() ? "https://" : "http://") + authority();
}

std::string Url::text() const {
  return scheme == Scheme::unix_socket ? origin() : origin() + target;
}

std::expected<Url, std::string> parse_url(std::string_view text) {
  if (auto good = check_bytes(text); !good) return bad(std::move(good).error());
  if (text.starts_with("unix:")) return parse_unix(text.substr(5));
  Url url;
  if (text.starts_with("https://")) {
    url.scheme = Scheme::https;
  } else if (text.starts_with("http://")) {
    url.scheme = Scheme::http;
  } else {
    return bad("the URL does not start with https://, http:// or unix:/ in lower case");
  }
  std::string_view rest = text.substr(url.tls() ? 8 : 7);
  const size_t end = rest.find_first_of("/?");
  const std::string_view authority = rest.substr(0, end);
  const std::string_view target = end == std::string_view::npos ? "/" : rest.substr(end);
  if (authority.find_first_of("@%") != std::string_view::npos) {
    return bad("the authority contains '@' or '%'; user names and escapes are not allowed there");
  }
  if (target.front() == '?') return bad("the query stands without a path; write / before the ?");
  std::string_view after_host = authority;
  if (auto good = take_host(after_host, url); !good) return bad(std::move(good).error());
  url.port = url.tls() ? 443 : 80;
  if (!after_host.empty()) {
    if (after_host.front() != ':') return bad("there is text between the host and the port");
    auto port = parse_port(after_host.substr(1));
    if (!port) return bad(std::move(port).error());
    url.port = *port;
  }
  if (auto good = check_target(target); !good) return bad(std::move(good).error());
  url.target = target;
  if (!says_the_same(url, authority)) return bad("the authority is not in its one normal spelling");
  return url;
}

}  // namespace signet::http
