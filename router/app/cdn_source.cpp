#include <fmt/format.h>

#include "router/app/artifact_source.hpp"
#include "router/base/limits.hpp"
#include "router/http/one_shot.hpp"

namespace signet::app {
namespace {

using signing::Reason;

constexpr std::chrono::seconds kFetchTimeout{30};

Reason reason_of(http::TransportError error) {
  switch (error) {
    case http::TransportError::timeout:
      return Reason::fetch_timeout;
    case http::TransportError::too_large:
      return Reason::fetch_too_large;
    case http::TransportError::protocol:
      return Reason::fetch_truncated;
    default:
      return Reason::fetch_failed;
  }
}

class CdnSource final : public ArtifactSource {
 public:
  CdnSource(const config::CdnSource& cdn, signing::SourceKind kind, http::Transport& transport, const Clock& clock)
      : cdn_(cdn), kind_(kind), transport_(transport), clock_(clock) {}
  ~CdnSource() override {
    if (exchange_) exchange_->cancel();
  }

  signing::SourceKind kind() const override { return kind_; }

  void fetch_statement(OnFetched done) override {
    fetch("/statement.jws", limits::kStatementBytesMax, std::move(done));
  }

  void fetch_artifact(const std::string& sha256, OnFetched done) override {
    fetch("/artifacts/" + sha256, limits::kArtifactWireBytesMax, std::move(done));
  }

 private:
  void fetch(const std::string& path, uint64_t bytes_max, OnFetched done) {
    std::string base = cdn_.url;
    while (base.ends_with('/')) base.pop_back();
    auto url = http::parse_url(base + path);
    if (!url) return done(signing::refuse(Reason::fetch_failed, fmt::format("{}{}: {}", base, path, url.error())));
    http::Headers fields;
    if (!cdn_.token.empty()) fields.add("Authorization", "Bearer " + cdn_.token);
    const std::string where = url->text();
    previous_ = std::move(sink_);  // its callback may be what runs now
    sink_ = std::make_unique<http::Collect>(bytes_max, [where, done = std::move(done)](const http::Outcome& outcome) {
      if (!outcome) {
        done(signing::refuse(reason_of(outcome.error().error), where + ": " + outcome.error().detail));
      } else if (outcome->status != 200) {
        done(signing::refuse(Reason::fetch_status, fmt::format("{}: status {}", where, outcome->status)));
      } else if (outcome->body.empty()) {
        done(signing::refuse(Reason::fetch_empty, where + ": the body is empty"));
      } else {
        done(outcome->body);
      }
    });
    http::Request request{.to = http::make_destination({.method = http::Method::get,
                                                        .url = std::move(*url),
                                                        .headers = std::move(fields),
                                                        .response_bytes_max = bytes_max}),
                          .headers = {},
                          .body = {},
                          .idempotent = true};
    exchange_ = transport_.send(std::move(request), clock_.steady() + kFetchTimeout, *sink_);
  }

  config::CdnSource cdn_;
  signing::SourceKind kind_;
  http::Transport& transport_;
  const Clock& clock_;
  std::unique_ptr<http::Collect> sink_, previous_;
  std::shared_ptr<http::Exchange> exchange_;
};

class MemorySource final : public ArtifactSource {
 public:
  MemorySource(std::string statement, std::string artifact)
      : statement_(std::move(statement)), artifact_(std::move(artifact)) {}
  signing::SourceKind kind() const override { return signing::SourceKind::development; }
  void fetch_statement(OnFetched done) override { done(statement_); }
  void fetch_artifact(const std::string&, OnFetched done) override { done(artifact_); }
  bool watchable() const override { return true; }
  bool may_have_changed() override { return false; }

 private:
  std::string statement_, artifact_;
};

}  // namespace

std::unique_ptr<ArtifactSource> make_cdn_source(const config::CdnSource& cdn, signing::SourceKind kind,
                                                http::Transport& transport, const Clock& clock) {
  return std::make_unique<CdnSource>(cdn, kind, transport, clock);
}

std::unique_ptr<ArtifactSource> make_memory_source(std::string statement, std::string artifact) {
  return std::make_unique<MemorySource>(std::move(statement), std::move(artifact));
}

}  // namespace signet::app
