#include "router/net/tls_error.hpp"

#include <openssl/ssl.h>

namespace signet::net {
namespace {

class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "signet.tls"; }
  std::string message(int value) const override {
    if (value == static_cast<int>(TlsError::truncated)) return "the TLS connection was cut off";
    if (value > SSL_AD_REASON_OFFSET) {
      return std::string("the peer refused: ").append(alert_text(value - SSL_AD_REASON_OFFSET));
    }
    return "the TLS connection is broken";
  }
};

}  // namespace

std::string_view alert_text(int alert) {
  // OpenSSL 3.0 does not know by name what TLS 1.3 has brought.
  if (alert == SSL_AD_MISSING_EXTENSION) return "missing extension";
  if (alert == SSL_AD_CERTIFICATE_REQUIRED) return "certificate required";
  return SSL_alert_desc_string_long(alert);
}

boost::system::error_code make_error_code(TlsError error) {
  static const Category category;
  return {static_cast<int>(error), category};
}

bool is_alert(const boost::system::error_code& error) {
  return error.value() > SSL_AD_REASON_OFFSET && error.category() == make_error_code(TlsError::broken).category();
}

}  // namespace signet::net
