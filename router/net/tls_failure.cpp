#include "router/net/tls_failure.hpp"

namespace signet::net {

std::string_view to_text(TlsFailure failure) {
  switch (failure) {
    case TlsFailure::closed:
      return "closed";
    case TlsFailure::timeout:
      return "timeout";
    case TlsFailure::crowded:
      return "crowded";
    case TlsFailure::plain_http:
      return "plain_http";
    case TlsFailure::version:
      return "version";
    case TlsFailure::cipher:
      return "cipher";
    case TlsFailure::alpn:
      return "alpn";
    case TlsFailure::certificate:
      return "certificate";
    case TlsFailure::malformed:
      break;
  }
  return "malformed";
}

}  // namespace signet::net
