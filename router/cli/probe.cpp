// signet status, signet reload and signet healthcheck: one request to a running router.
#include <fmt/format.h>

#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "router/cli/one_request.hpp"
#include "router/cli/status_text.hpp"

namespace signet::cli {
namespace {

// One GET. Problems go to standard error.
std::optional<http::Response> get(const std::string& address, const std::string& path) {
  auto answer = one_request("http://" + address + path);
  if (answer) return std::move(*answer);
  complain(answer.error());
  return std::nullopt;
}

std::string no_page(const std::string& address, int status) {
  return fmt::format("{} answers with status {} and nothing to show; is it listen.admin of a router?", address, status);
}

}  // namespace

int status(const ProbeOptions& options) {
  const auto response = get(options.address, "/status");
  if (!response) return kEnvironment;
  const auto page = json::Document::parse(response->body);
  const bool ours = page && page->kind(page->root()) == json::Kind::object && page->find(page->root(), "ready").valid();
  if (response->status != 200 || !ours) {
    complain(no_page(options.address, response->status));
    return kEnvironment;
  }
  fmt::print("{}", options.json ? response->body + "\n" : render_status(*page));
  const auto ready = page->find(page->root(), "ready");
  return ready.valid() && page->raw(ready) == "true" ? kOk : kWrong;
}

int reload(const ProbeOptions& options) {
  constexpr std::chrono::seconds kPatience{15};  // the router answers within 10 s, whatever its sources do
  const auto answer = one_request("http://" + options.address + "/admin/reload", "{}", kPatience);
  const auto page = answer ? json::Document::parse(answer->body) : std::unexpected(json::ParseError{});
  if (!answer || !page || (answer->status != 200 && answer->status != 202 && answer->status != 409)) {
    complain(answer ? no_page(options.address, answer->status) : answer.error());
    return kEnvironment;
  }
  fmt::print("{}", options.json ? answer->body + "\n" : render_reload(*page));
  return answer->status == 409 ? kWrong : kOk;
}

int healthcheck(const ProbeOptions& options) {
  const auto response = get(options.address, "/health/ready");
  if (!response) return kEnvironment;
  if (options.json || response->status != 200) fmt::print("{}\n", response->body);
  return response->status == 200 ? kOk : kWrong;
}

}  // namespace signet::cli
