#include "router/net/request_head.hpp"

#include <fmt/format.h>

namespace signet::net {

std::string request_head(const http::Request& request) {
  const bool unix_socket = request.url.scheme == http::Scheme::unix_socket;
  std::string head;
  head.reserve(128 + request.url.target.size() + request.url.host.size() + request.headers.lines().size());
  head.append(to_text(request.method)).append(" ");
  head.append(unix_socket ? request.unix_path : request.url.target).append(" HTTP/1.1\r\nHost: ");
  head.append(unix_socket ? "localhost" : request.url.authority()).append("\r\nContent-Length: ");
  head.append(fmt::format_int(request.body.size()).c_str()).append("\r\n");
  head.append(request.headers.lines()).append("\r\n");
  return head;
}

}  // namespace signet::net
