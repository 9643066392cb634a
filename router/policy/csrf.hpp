// CSRF: an operation runs only when a browser of another site could not have sent it without a preflight.
//
// The rule: a Content-Type that is not one of the three simple ones, or one of the configured headers. What browsers
// read more leniently than we do (malformed or repeated types) counts as simple.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config-schema/config.hpp"
#include "router/base/error.hpp"
#include "router/http/message.hpp"

namespace signet::policy {

class CsrfPolicy {
 public:
  explicit CsrfPolicy(const config::Csrf& config) : config_(config) {}

  /// `headers`: Content-Type, Sec-Fetch-Site, Origin and the configured headers of the request. `origin_allowed`: CORS
  /// allows the request's Origin. Errors: CSRF_ERROR, naming the headers that would work.
  std::optional<Error> check(const http::Headers& headers, bool origin_allowed) const;

  const config::Csrf& config() const { return config_; }

 private:
  config::Csrf config_;
};

}  // namespace signet::policy
