#include "router/http/destination.hpp"

#include <utility>

namespace signet::http {
namespace {

std::string make_origin(const DestinationSettings& to) {
  return to.url.scheme == Scheme::unix_socket ? "unix:" + to.url.target : to.url.origin();
}

std::string make_head_begin(const DestinationSettings& to) {
  const bool unix_socket = to.url.scheme == Scheme::unix_socket;
  std::string head;
  head.append(to_text(to.method)).append(" ");
  head.append(unix_socket ? to.unix_path : to.url.target).append(" HTTP/1.1\r\nHost: ");
  head.append(unix_socket ? "localhost" : to.url.authority()).append("\r\n");
  head.append(to.headers.lines());
  return head;
}

}  // namespace

Destination::Destination(DestinationSettings settings)
    : DestinationSettings(std::move(settings)), origin(make_origin(*this)), head_begin(make_head_begin(*this)) {}

}  // namespace signet::http
