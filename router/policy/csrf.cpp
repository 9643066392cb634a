#include "router/policy/csrf.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "router/http/media_type.hpp"

namespace signet::policy {
namespace {

// Spec: https://fetch.spec.whatwg.org/#cors-safelisted-request-header
bool needs_preflight(const http::Headers& headers) {
  const auto type = http::content_type(headers);
  if (!type) return false;
  const std::string essence = type->essence();
  return essence != "text/plain" && essence != "application/x-www-form-urlencoded" && essence != "multipart/form-data";
}

}  // namespace

std::optional<Error> CsrfPolicy::check(const http::Headers& headers, bool origin_allowed) const {
  if (!config_.enabled) return std::nullopt;
  // A browser says that another site is asking, and CORS does not allow that site.
  const bool foreign = headers.get("sec-fetch-site") == "cross-site" && !origin_allowed;
  bool has_header = false;
  for (const std::string& name : config_.headers) has_header |= headers.contains(name);
  if (has_header || (needs_preflight(headers) && !foreign)) return std::nullopt;
  return Error{ErrorCode::CSRF_ERROR,
               fmt::format("this request could have been sent by another site: send Content-Type: application/json, or "
                           "one of the headers {}",
                           fmt::join(config_.headers, ", "))};
}

}  // namespace signet::policy
