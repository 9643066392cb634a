#include "router/app/http_source.hpp"

#include <fmt/format.h>

#include "router/base/limits.hpp"

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

// A URL fit for a log: its query may be a credential.
std::string shown(std::string_view url) {
  return signing::printable(url.substr(0, url.find_first_of("?#")));
}

}  // namespace

HttpSource::~HttpSource() {
  if (exchange_) exchange_->cancel();
}

void HttpSource::fetch_statement(OnFetched done) {
  deadline_ = clock_.steady() + kFetchTimeout;
  fetch("statement.jws", {limits::kStatementBytesMax, limits::kStatementBytesMax}, std::move(done));
}

void HttpSource::fetch_artifact(const std::string& sha256, OnFetched done) {
  if (deadline_ == SteadyTime()) deadline_ = clock_.steady() + kFetchTimeout;
  fetch("artifacts/" + sha256, {limits::kArtifactWireBytesMax, limits::kArtifactBytesMax}, std::move(done));
}

void HttpSource::fetch(const std::string& name, const Caps& caps, OnFetched done) {
  auto to = target(name);
  if (!to) return done(signing::refuse(Reason::fetch_failed, to.error()));
  auto tls = authorities_.read();
  if (!tls) return done(signing::refuse(Reason::fetch_tls, tls.error()));
  sink_ = std::make_unique<http::Collect>(
      caps.decoded_bytes_max, [this, where = shown(to->url.text()), done = std::move(done)](http::Outcome outcome) {
        done(judge(where, std::move(outcome)));
      });
  http::Request request{.to = http::make_destination({.method = http::Method::get,
                                                      .url = std::move(to->url),
                                                      .headers = std::move(to->fields),
                                                      .tls = std::move(*tls),
                                                      .response_bytes_max = caps.sent_bytes_max,
                                                      .decoded_bytes_max = caps.decoded_bytes_max}),
                        .headers = {},
                        .body = {},
                        .idempotent = true};
  exchange_ = transport_.send(std::move(request), deadline_, *sink_);
}

Fetched HttpSource::judge(const std::string& where, http::Outcome outcome) const {
  constexpr int kOk = 200;
  if (!outcome) {
    const http::Failure& failure = outcome.error();
    std::string detail = where + ": " + failure.detail;
    const bool stale = failure.error == http::TransportError::tls && !authorities_.problem().empty();
    if (stale) detail += fmt::format(" (the authorities are older ones: {})", authorities_.problem());
    return signing::refuse(reason_of(failure.error), std::move(detail));
  }
  if (outcome->status != kOk) return std::unexpected(refusal_of(where, *outcome));
  if (outcome->body.empty()) return signing::refuse(Reason::fetch_empty, where + ": the body is empty");
  return std::move(outcome->body);
}

signing::Refusal HttpSource::refusal_of(const std::string& where, const http::Response& answer) const {
  if (answer.status / 100 == 3 && answer.headers.contains("location")) {
    return {Reason::fetch_redirect,
            fmt::format("{}: status {} to {}", where, answer.status, shown(answer.headers.get("location")))};
  }
  constexpr int kTooManyRequests = 429;
  const bool passes = answer.status / 100 == 5 || answer.status == kTooManyRequests;
  return {passes ? Reason::fetch_unavailable : Reason::fetch_status,
          fmt::format("{}: status {}", where, answer.status)};
}

}  // namespace signet::app
