#include "router/cli/one_request.hpp"

#include "router/http/one_shot.hpp"
#include "router/net/http_client.hpp"

namespace signet::cli {
namespace {

constexpr uint64_t kAnswerBytesMax = 16u << 20;

}  // namespace

std::expected<http::Response, std::string> one_request(const std::string& url, const std::string& body,
                                                       std::chrono::milliseconds timeout) {
  // "http://unix:/run/admin.sock/status": the socket ends in ".sock", what follows is asked for behind it.
  constexpr std::string_view kUnix = "http://unix:";
  constexpr std::string_view kSocketEnd = ".sock/";
  const size_t socket_end = url.starts_with(kUnix) ? url.find(kSocketEnd) : std::string::npos;
  const bool unix = socket_end != std::string::npos;
  const size_t path_at = unix ? socket_end + kSocketEnd.size() - 1 : 0;
  auto parsed = http::parse_url(unix ? url.substr(7, path_at - 7) : url);
  if (!parsed) return std::unexpected(url + ": " + parsed.error());
  http::Headers fields;
  if (!body.empty()) fields.add("content-type", "application/json");
  http::Request request{.to = http::make_destination({.method = body.empty() ? http::Method::get : http::Method::post,
                                                      .url = std::move(*parsed),
                                                      .unix_path = unix ? url.substr(path_at) : "/",
                                                      .headers = std::move(fields),
                                                      .response_bytes_max = kAnswerBytesMax,
                                                      .connect_timeout = timeout}),
                        .headers = {},
                        .body = body};

  net::EventLoop loop;
  net::Resolver resolver;
  net::HttpClient client(loop, resolver);
  std::expected<http::Response, std::string> answer = std::unexpected(url + ": no answer");
  http::Collect sink(kAnswerBytesMax, [&](http::Outcome outcome) {
    if (outcome) {
      answer = std::move(*outcome);
    } else {
      answer =
          std::unexpected(url + ": " + std::string(to_text(outcome.error().error)) + ": " + outcome.error().detail);
    }
    loop.stop();
  });
  const auto exchange = client.send(std::move(request), SystemClock().steady() + timeout, sink);
  loop.run();
  return answer;
}

}  // namespace signet::cli
