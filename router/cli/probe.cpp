// signet status and signet healthcheck: one request to a running router.
#include <fmt/format.h>
#include <optional>

#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "router/http/one_shot.hpp"
#include "router/net/event_loop.hpp"
#include "router/net/http_client.hpp"

namespace signet::cli {
namespace {

constexpr std::chrono::seconds kTimeout{5};
constexpr uint64_t kAnswerBytesMax = 4u << 20;

// One GET. Problems go to standard error.
std::optional<http::Response> get(const std::string& address, const std::string& path) {
  auto url = http::parse_url("http://" + address + path);
  if (!url) {
    complain(address + ": " + url.error());
    return std::nullopt;
  }
  net::EventLoop loop;
  net::HttpClient client(loop);
  std::optional<http::Outcome> outcome;
  http::Collect sink(kAnswerBytesMax, [&](http::Outcome result) {
    outcome = std::move(result);
    loop.stop();
  });
  http::Request request;
  request.method = http::Method::get;
  request.url = *url;
  request.response_bytes_max = kAnswerBytesMax;
  const auto exchange = client.send(std::move(request), std::chrono::steady_clock::now() + kTimeout, sink);
  loop.run();
  if (!*outcome) {
    complain(fmt::format("{}: {}", http::to_text(outcome->error().error), outcome->error().detail));
    return std::nullopt;
  }
  return std::move(**outcome);
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
