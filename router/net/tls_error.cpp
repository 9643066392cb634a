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
      return std::string("the peer ended TLS: ") + SSL_alert_desc_string_long(value - SSL_AD_REASON_OFFSET);
    }
    return "the TLS connection is broken";
  }
};

}  // namespace

boost::system::error_code make_error_code(TlsError error) {
  static const Category category;
  return {static_cast<int>(error), category};
}

}  // namespace signet::net
