// Where artifacts come from: with a statement, or, from Cosmo's CDN, with a signature of their bytes. Step 1 of the
// gate: caps, no redirects, credentials only to the configured origin.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
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
class Source {
 public:
  virtual ~Source() = default;
  virtual signing::SourceKind kind() const = 0;
  /// Whether what it delivers says itself what is newer: statements do, by their serials.
  virtual bool ordered() const = 0;
  /// True when may_have_changed() sees a change without fetching: such a source is looked at every poll interval, also
  /// while refused bytes wait for their next try.
  virtual bool watchable() const { return false; }
  virtual bool may_have_changed() { return true; }
  /// What of `source` may change while the router runs: the token of a CDN.
  virtual void reconfigure(const config::Source& /*source*/) {}
};

/// Statements, and the artifacts that they are about.
class ArtifactSource : public Source {
 public:
  bool ordered() const final { return true; }
  virtual void fetch_statement(OnFetched done) = 0;
  /// Bytes as stored, with an HTTP Content-Encoding removed. A statement need not have been fetched before.
  virtual void fetch_artifact(const std::string& sha256, OnFetched done) = 0;
};

/// An artifact with what came beside it in place of a statement.
struct SignedBody {
  std::string body;  ///< content coding removed
  signing::BodySignature signature;
};

/// Cosmo's CDN.
class BodySource : public Source {
 public:
  bool ordered() const final { return false; }
  /// Nothing: the source says that the version it was asked with is the newest.
  using FetchedBody = std::expected<std::optional<SignedBody>, signing::Refusal>;
  using OnBody = std::function<void(FetchedBody)>;

  /// `version`: of what runs; empty: something is wanted in any case.
  virtual void fetch_body(const std::string& version, OnBody done) = 0;
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

/// {url}/{organization_id}/{federated_graph_id}/routerconfigs/latest.json, the ids from the token.
/// Errors: as make_cdn_source().
std::expected<std::unique_ptr<BodySource>, std::string> make_cosmo_source(const config::CdnSource& cdn,
                                                                          const SourceSite& site);

/// Bytes in memory: signet dev.
std::unique_ptr<ArtifactSource> make_memory_source(std::string statement, std::string artifact);

}  // namespace signet::app
