#include "router/app/source_files.hpp"

#include <fmt/format.h>

#include "router/app/files.hpp"

namespace signet::app {

std::expected<void, FileProblem> SourceAuthorities::read_file() {
  const auto texts = read_tls_files(files_);
  if (!texts) return std::unexpected(texts.error());
  const crypto::Sha256 digest = texts->digest();
  if (profile_ && digest == digest_) return {};
  auto made = make_subgraph_tls(files_, *texts);
  if (!made) return std::unexpected(made.error());
  profile_ = std::move(*made);  // connections that were verified by the old one are not used again
  digest_ = digest;
  return {};
}

std::expected<std::shared_ptr<const net::ClientTls>, std::string> SourceAuthorities::read() {
  problem_.clear();
  if (files_.ca_file.empty()) return nullptr;
  if (auto read = read_file(); !read) problem_ = read.error().text();
  if (!profile_) return std::unexpected(problem_);
  return profile_;
}

std::expected<const AwsCredentials*, std::string> SourceCredentials::read() {
  problem_.clear();
  auto text = read_file(file_, kCredentialsBytesMax);
  if (text) {
    auto credentials = parse_aws_credentials(*text);
    crypto::wipe({reinterpret_cast<uint8_t*>(text->data()), text->size()});
    if (credentials) {
      credentials_ = std::make_unique<AwsCredentials>(std::move(*credentials));
    } else {
      problem_ = fmt::format("{}: {}: {}", key_, file_, credentials.error());
    }
  } else {
    problem_ = fmt::format("{}: {}", key_, text.error());
  }
  if (!credentials_) return std::unexpected(problem_);
  return credentials_.get();
}

std::vector<std::string> check_source_files(const config::Config& config) {
  std::vector<std::string> problems;
  const auto check = [&](const std::string& key, const config::Source& source) {
    const auto note = [&](const auto& read) {
      if (!read) problems.push_back(read.error());
    };
    if (source.cdn) note(SourceAuthorities(key + ".cdn.tls", source.cdn->ca_file).read());
    if (!source.s3) return;
    note(SourceAuthorities(key + ".s3.tls", source.s3->ca_file).read());
    note(SourceCredentials(key + ".s3.credentials_file", source.s3->credentials_file).read());
  };
  check("graph.source", config.graph.source);
  check("graph.fallback", config.graph.fallback);
  check("operations.source", config.operations.source);
  return problems;
}

}  // namespace signet::app
