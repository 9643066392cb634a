// URLs in artifacts and configuration: a strict parser that accepts one spelling of everything.
// Spec: RFC 3986, narrowed by the rules of docs/egress.md
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace signet::http {

enum class Scheme : uint8_t { http, https, unix_socket };

enum class HostKind : uint8_t { name, ipv4, ipv6 };

/// An absolute URL without user information and fragment.
struct Url {
  Scheme scheme = Scheme::https;
  HostKind host_kind = HostKind::name;
  std::string host;    ///< lower case; IPv6 without brackets; empty for unix sockets
  uint16_t port = 0;   ///< the scheme's default when none was written; 0 for unix sockets
  std::string target;  ///< path and query, at least "/"; for unix sockets the path of the socket

  bool tls() const { return scheme == Scheme::https; }
  /// `host:port`, without the port when it is the default: what a Host field carries.
  std::string authority() const;
  /// scheme://authority
  std::string origin() const;
  std::string text() const;
  friend bool operator==(const Url&, const Url&) = default;
};

/// Errors: one sentence that says which rule the text breaks.
std::expected<Url, std::string> parse_url(std::string_view text);

}  // namespace signet::http
