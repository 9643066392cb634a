// HttpSource: a statement and its artifact by GET from one origin. Where they lie there, and how a request is made
// good, is for those that derive from it.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "router/app/artifact_source.hpp"
#include "router/app/origin_fetch.hpp"

namespace signet::app {

/// All that one poll of a source fetches.
inline constexpr std::chrono::seconds kSourceTimeout{30};

class HttpSource : public ArtifactSource {
 public:
  signing::SourceKind kind() const final { return kind_; }
  void fetch_statement(OnFetched done) final;
  void fetch_artifact(const std::string& sha256, OnFetched done) final;

 protected:
  using Target = OriginFetch::Target;

  HttpSource(signing::SourceKind kind, SourceAuthorities authorities, http::Transport& transport, const Clock& clock)
      : kind_(kind), origin_(std::move(authorities), transport), clock_(clock) {}

  /// What to ask for `name`: "statement.jws", or "artifacts/" and a digest. Errors: why nothing can be asked.
  virtual std::expected<Target, std::string> target(std::string_view name) = 0;
  /// What an answer with another status than 200 comes to. `where`: the URL.
  virtual signing::Refusal refusal_of(const std::string& where, const http::Response& answer) const;

  WallTime now() const { return clock_.wall(); }

 private:
  void fetch(const std::string& name, const OriginFetch::Caps& caps, OnFetched done);
  Fetched judge(const std::string& where, std::expected<http::Response, signing::Refusal> answer) const;

  signing::SourceKind kind_;
  OriginFetch origin_;
  const Clock& clock_;
  SteadyTime deadline_;
};

}  // namespace signet::app
