#include "router/policy/cors.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace signet::policy {

CorsPolicy::CorsPolicy(const config::Cors& config)
    : config_(config),
      preflight_(fmt::format("Access-Control-Allow-Methods: GET, POST\r\n"
                             "Access-Control-Allow-Headers: {}\r\n"
                             "Access-Control-Max-Age: {}\r\n",
                             fmt::join(config.headers, ", "),
                             std::chrono::duration_cast<std::chrono::seconds>(config.max_age).count())) {}

bool CorsPolicy::allows(std::string_view origin) const {
  if (origin.empty() || origin.size() > kOriginBytesMax || origin == "null") return false;
  return std::ranges::find(config_.origins, origin) != config_.origins.end();
}

std::string CorsPolicy::answer_fields(std::string_view origin) const {
  if (!enabled()) return {};
  if (!allows(origin)) return "Vary: Origin\r\n";
  return fmt::format("Vary: Origin\r\nAccess-Control-Allow-Origin: {}\r\n{}", origin,
                     config_.credentials ? "Access-Control-Allow-Credentials: true\r\n" : "");
}

std::string CorsPolicy::preflight_fields(std::string_view origin) const {
  return enabled() && allows(origin) ? preflight_ : std::string();
}

}  // namespace signet::policy
