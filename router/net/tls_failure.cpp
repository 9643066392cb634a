#include "router/net/tls_failure.hpp"

#include <openssl/ssl.h>

namespace signet::net {
namespace {

class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "signet.tls"; }
  std::string message(int value) const override {
    if (value == static_cast<int>(TlsError::truncated)) return "the TLS connection was cut off";
    if (value > SSL_AD_REASON_OFFSET) {
      return std::string("the peer ended TLS: ") + SSL_alert_desc_string_long(value - SSL_AD_REASON_OFFSET);
    }
    return "the TLS connection is broken";
  }
};

}  // namespace

std::string_view to_text(TlsFailure failure) {
  switch (failure) {
    case TlsFailure::closed:
      return "closed";
    case TlsFailure::timeout:
      return "timeout";
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

boost::system::error_code make_error_code(TlsError error) {
  static const Category category;
  return {static_cast<int>(error), category};
}

}  // namespace signet::net
