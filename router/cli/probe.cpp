// signet status and signet healthcheck: one request to a running router.
#include <fmt/format.h>

#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "router/cli/one_request.hpp"

namespace signet::cli {
namespace {

// One GET. Problems go to standard error.
std::optional<http::Response> get(const std::string& address, const std::string& path) {
  auto answer = one_request("http://" + address + path);
  if (answer) return std::move(*answer);
  complain(answer.error());
  return std::nullopt;
}

}  // namespace

int status(const ProbeOptions& options) {
  const auto response = get(options.address, "/status");
  if (!response) return kEnvironment;
  fmt::print("{}\n", response->body);
  return response->status == 200 ? kOk : kWrong;
}

int healthcheck(const ProbeOptions& options) {
  const auto response = get(options.address, "/health/ready");
  if (!response) return kEnvironment;
  if (options.json || response->status != 200) fmt::print("{}\n", response->body);
  return response->status == 200 ? kOk : kWrong;
}

}  // namespace signet::cli
