// CORS: which origins may read answers from a browser. Exact origins only; off by default.
// Spec: https://fetch.spec.whatwg.org/#http-cors-protocol
#pragma once

#include <string>
#include <string_view>

#include "config-schema/config.hpp"

namespace signet::policy {

class CorsPolicy {
 public:
  explicit CorsPolicy(const config::Cors& config);

  bool enabled() const { return !config_.origins.empty(); }
  bool allows(std::string_view origin) const;
  /// Complete header lines for any answer to a request with this Origin (empty: it had none): `Vary: Origin` always
  /// while CORS is on, and the grant when the origin is allowed. Goes onto errors, too.
  std::string answer_fields(std::string_view origin) const;
  /// The lines that a preflight answer (204) carries on top; empty for origins that are not allowed.
  std::string preflight_fields(std::string_view origin) const;

 private:
  static constexpr size_t kOriginBytesMax = 256;

  config::Cors config_;
  std::string preflight_;
};

}  // namespace signet::policy
