#include "router/app/http_source.hpp"

#include "router/base/limits.hpp"

namespace signet::app {

using signing::Reason;

void HttpSource::fetch_statement(OnFetched done) {
  deadline_ = clock_.steady() + kSourceTimeout;
  fetch("statement.jws", {limits::kStatementBytesMax, limits::kStatementBytesMax}, std::move(done));
}

void HttpSource::fetch_artifact(const std::string& sha256, OnFetched done) {
  if (deadline_ == SteadyTime()) deadline_ = clock_.steady() + kSourceTimeout;
  fetch("artifacts/" + sha256, {limits::kArtifactWireBytesMax, limits::kArtifactBytesMax}, std::move(done));
}

void HttpSource::fetch(const std::string& name, const OriginFetch::Caps& caps, OnFetched done) {
  auto to = target(name);
  if (!to) return done(signing::refuse(Reason::fetch_failed, to.error()));
  std::string where = shown_url(to->url.text());
  origin_.send(std::move(*to), caps, deadline_,
               [this, where = std::move(where), done = std::move(done)](
                   std::expected<http::Response, signing::Refusal> answer) { done(judge(where, std::move(answer))); });
}

Fetched HttpSource::judge(const std::string& where, std::expected<http::Response, signing::Refusal> answer) const {
  constexpr int kOk = 200;
  if (!answer) return std::unexpected(std::move(answer).error());
  if (answer->status != kOk) return std::unexpected(refusal_of(where, *answer));
  if (answer->body.empty()) return signing::refuse(Reason::fetch_empty, where + ": the body is empty");
  return std::move(answer->body);
}

signing::Refusal HttpSource::refusal_of(const std::string& where, const http::Response& answer) const {
  return refusal_of_status(where, answer);
}

}  // namespace signet::app
