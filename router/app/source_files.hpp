// The files that fetching from a source needs: authorities and credentials. They are read before every request; one
// that turns bad leaves what was read before in use, and its problem is told with the failures that may come of it.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "config-schema/config.hpp"
#include "router/app/aws_signature.hpp"
#include "router/app/tls_files.hpp"

namespace signet::app {

inline constexpr uint64_t kCredentialsBytesMax = 64u << 10;  ///< of a credentials_file

/// Whom the server of a source is verified against. Threads: one.
class SourceAuthorities {
 public:
  /// `key`: where the configuration names the file, "graph.source.cdn.tls". An empty `ca_file`: the system's.
  SourceAuthorities(const std::string& key, const std::string& ca_file) : files_{key, {}, {}, ca_file} {}

  /// Null: the system's authorities. Errors: KEY: FILE REASON, and nothing good was read before.
  std::expected<std::shared_ptr<const net::ClientTls>, std::string> read();
  /// What is wrong with the file since it was last good; empty: nothing.
  const std::string& problem() const { return problem_; }

 private:
  std::expected<void, FileProblem> read_file();

  TlsFileSet files_;
  crypto::Sha256 digest_{};
  std::shared_ptr<const net::ClientTls> profile_;
  std::string problem_;
};

/// The credentials of an S3-shaped source. Threads: one.
class SourceCredentials {
 public:
  /// `key`: "graph.source.s3.credentials_file".
  SourceCredentials(std::string key, std::string file) : key_(std::move(key)), file_(std::move(file)) {}

  /// Errors: KEY: FILE REASON, and nothing good was read before. Lifetime: until the next read().
  std::expected<const AwsCredentials*, std::string> read();
  /// What is wrong with the file since it was last good; empty: nothing.
  const std::string& problem() const { return problem_; }

 private:
  std::string key_, file_;
  std::unique_ptr<AwsCredentials> credentials_;
  std::string problem_;
};

/// Reads the files of every source that the configuration names. Returns what cannot be used, one text each.
std::vector<std::string> check_source_files(const config::Config& config);

}  // namespace signet::app
