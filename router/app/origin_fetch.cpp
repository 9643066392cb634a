#include "router/app/origin_fetch.hpp"

#include <fmt/format.h>

namespace signet::app {
namespace {

using signing::Reason;

Reason reason_of(http::TransportError error) {
  switch (error) {
    case http::TransportError::timeout:
      return Reason::fetch_timeout;
    case http::TransportError::too_large:
      return Reason::fetch_too_large;
    case http::TransportError::protocol:
      return Reason::fetch_truncated;
    case http::TransportError::coding:
      return Reason::compression;
    case http::TransportError::tls:
      return Reason::fetch_tls;
    default:
      return Reason::fetch_failed;
  }
}

}  // namespace

std::string shown_url(std::string_view url) {
  return signing::printable(url.substr(0, url.find_first_of("?#")));
}

OriginFetch::~OriginFetch() {
  if (exchange_) exchange_->cancel();
}

void OriginFetch::send(Target to, const Caps& caps, SteadyTime deadline, OnAnswer done) {
  auto tls = authorities_.read();
  if (!tls) return done(signing::refuse(Reason::fetch_tls, tls.error()));
  sink_ = std::make_unique<http::Collect>(
      caps.decoded_bytes_max, [this, where = shown_url(to.url.text()), done = std::move(done)](http::Outcome outcome) {
        done(judge(where, std::move(outcome)));
      });
  http::Request request{.to = http::make_destination({.method = to.method,
                                                      .url = std::move(to.url),
                                                      .headers = std::move(to.fields),
                                                      .tls = std::move(*tls),
                                                      .response_bytes_max = caps.sent_bytes_max,
                                                      .decoded_bytes_max = caps.decoded_bytes_max}),
                        .headers = {},
                        .body = std::move(to.body),
                        .idempotent = true};
  exchange_ = transport_.send(std::move(request), deadline, *sink_);
}

std::expected<http::Response, signing::Refusal> OriginFetch::judge(const std::string& where,
                                                                   http::Outcome outcome) const {
  if (outcome) return std::move(*outcome);
  const http::Failure& failure = outcome.error();
  std::string detail = where + ": " + failure.detail;
  const bool stale = failure.error == http::TransportError::tls && !authorities_.problem().empty();
  if (stale) detail += fmt::format(" (the authorities are older ones: {})", authorities_.problem());
  return signing::refuse(reason_of(failure.error), std::move(detail));
}

signing::Refusal refusal_of_status(const std::string& where, const http::Response& answer) {
  if (answer.status / 100 == 3 && answer.headers.contains("location")) {
    return {Reason::fetch_redirect,
            fmt::format("{}: status {} to {}", where, answer.status, shown_url(answer.headers.get("location")))};
  }
  constexpr int kTooManyRequests = 429;
  const bool passes = answer.status / 100 == 5 || answer.status == kTooManyRequests;
  return {passes ? Reason::fetch_unavailable : Reason::fetch_status,
          fmt::format("{}: status {}", where, answer.status)};
}

}  // namespace signet::app
