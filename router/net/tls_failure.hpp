// Why a TLS handshake fails: a closed set for metrics, and words for the operator's log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace signet::net {

enum class TlsFailure : uint8_t {
  closed,       ///< the peer went away, or said that it will not
  timeout,      ///< the handshake took too long
  crowded,      ///< it made room for newer ones
  plain_http,   ///< the peer does not speak TLS but HTTP
  version,      ///< no version in common
  cipher,       ///< no cipher suite, group or signature algorithm in common
  alpn,         ///< the peer offers other protocols than http/1.1
  certificate,  ///< the peer's certificate is missing or not to be trusted
  malformed,    ///< bytes that are not TLS, or not as it says
};

std::string_view to_text(TlsFailure failure);
inline constexpr size_t kTlsFailures = 9;

struct TlsProblem {
  TlsFailure failure = TlsFailure::closed;
  std::string detail;  ///< for the operator's log, never for the peer
  bool alert = false;  ///< the peer said so itself
};

}  // namespace signet::net
