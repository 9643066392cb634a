// HttpSource: a statement and its artifact by GET from one origin, within the caps of step 1 of the gate. Where they
// lie there, and how a request is made good, is for those that derive from it.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "router/app/artifact_source.hpp"
#include "router/app/source_files.hpp"
#include "router/http/one_shot.hpp"

namespace signet::app {

class HttpSource : public ArtifactSource {
 public:
  /// Statement and artifact of a poll together.
  static constexpr std::chrono::seconds kFetchTimeout{30};

  ~HttpSource() override;

  signing::SourceKind kind() const final { return kind_; }
  void fetch_statement(OnFetched done) final;
  void fetch_artifact(const std::string& sha256, OnFetched done) final;

 protected:
  struct Target {
    http::Url url;
    http::Headers fields;
  };

  HttpSource(signing::SourceKind kind, SourceAuthorities authorities, http::Transport& transport, const Clock& clock)
      : kind_(kind), authorities_(std::move(authorities)), transport_(transport), clock_(clock) {}

  /// What to ask for `name`: "statement.jws", or "artifacts/" and a digest. Errors: why nothing can be asked.
  virtual std::expected<Target, std::string> target(std::string_view name) = 0;
  /// What an answer with another status than 200 comes to. `where`: the URL.
  virtual signing::Refusal refusal_of(const std::string& where, const http::Response& answer) const;

  WallTime now() const { return clock_.wall(); }

 private:
  struct Caps {
    uint64_t sent_bytes_max, decoded_bytes_max;
  };
  void fetch(const std::string& name, const Caps& caps, OnFetched done);
  Fetched judge(const std::string& where, http::Outcome outcome) const;

  signing::SourceKind kind_;
  SourceAuthorities authorities_;
  http::Transport& transport_;
  const Clock& clock_;
  SteadyTime deadline_;
  std::unique_ptr<http::Collect> sink_;
  std::shared_ptr<http::Exchange> exchange_;
};

}  // namespace signet::app
