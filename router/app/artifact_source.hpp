// ArtifactSource: where an artifact and its statement come from. Step 1 of the gate: caps, no redirects, credentials
// only to the configured origin.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "config-schema/config.hpp"
#include "router/base/clock.hpp"
#include "router/http/transport.hpp"
#include "signing/core/artifact.hpp"
#include "signing/core/refusal.hpp"

namespace signet::app {

using Fetched = std::expected<std::string, signing::Refusal>;
using OnFetched = std::function<void(Fetched)>;

/// Threads: the control thread. One call at a time; the callback may come before the call returns.
class ArtifactSource {
 public:
  virtual ~ArtifactSource() = default;
  virtual signing::SourceKind kind() const = 0;
  virtual void fetch_statement(OnFetched done) = 0;
  /// Bytes as stored, with an HTTP Content-Encoding removed. A statement need not have been fetched before.
  virtual void fetch_artifact(const std::string& sha256, OnFetched done) = 0;
  /// True when may_have_changed() sees a change without fetching: such a source is looked at every poll interval, also
  /// while refused bytes wait for their next try.
  virtual bool watchable() const { return false; }
  virtual bool may_have_changed() { return true; }
  /// What of `source` may change while the router runs: the token of a CDN.
  virtual void reconfigure(const config::Source& /*source*/) {}
};

/// `file` and, beside it, `file`.jws, both read through one resolved folder (ConfigMaps swap `..data`).
std::unique_ptr<ArtifactSource> make_file_source(const std::string& path, signing::SourceKind kind);

/// What a source that fetches over HTTP works with.
struct SourceSite {
  std::string key;  ///< where the configuration describes it: "graph.source"
  signing::SourceKind kind;
  http::Transport& transport;
  const Clock& clock;
};

/// {url}/statement.jws and {url}/artifacts/{sha256}. Errors: a file that it needs cannot be used, with its YAML key.
std::expected<std::unique_ptr<ArtifactSource>, std::string> make_cdn_source(const config::CdnSource& cdn,
                                                                            const SourceSite& site);

/// {endpoint}/{bucket}/{prefix}/statement.jws and …/artifacts/{sha256}. Errors: as make_cdn_source().
std::expected<std::unique_ptr<ArtifactSource>, std::string> make_s3_source(const config::S3Source& s3,
                                                                           const SourceSite& site);

/// Bytes in memory: signet dev.
std::unique_ptr<ArtifactSource> make_memory_source(std::string statement, std::string artifact);

}  // namespace signet::app
