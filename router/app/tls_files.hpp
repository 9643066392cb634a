// TLS files of the configuration, read and made into what connections use.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config-schema/config.hpp"
#include "router/app/file_watch.hpp"
#include "router/crypto/crypto.hpp"
#include "router/net/client_tls.hpp"
#include "router/net/server_tls.hpp"

namespace signet::app {

/// Files that are used together, and where the configuration names them.
struct TlsFileSet {
  std::string key;  ///< "listen.tls", "subgraphs.all.tls", "subgraphs.NAME.tls"
  std::string cert_file, key_file, ca_file;
  bool only_1_3 = false;
  friend bool operator==(const TlsFileSet&, const TlsFileSet&) = default;
};

/// What an operator does about a set that cannot be used.
inline constexpr std::string_view kTlsFilesWhatToDo =
    "put a certificate and its key, both valid, in place; until then the old ones serve";

/// What the files of a set hold. The key's text is wiped with it.
struct TlsTexts {
  net::PemPair pair;
  std::string authorities;
  TlsTexts() = default;
  TlsTexts(TlsTexts&&) = default;
  TlsTexts& operator=(TlsTexts&&) = default;
  ~TlsTexts();
  crypto::Sha256 digest() const;
};

TlsFileSet listener_files(const config::ListenTls& tls);
/// One set for all subgraphs and one for each that names files of its own; sets without a file are left out. The name
/// is empty for all.
std::vector<std::pair<std::string, TlsFileSet>> subgraph_files(const config::Subgraphs& subgraphs);

/// Errors: the first file that cannot be read.
std::expected<TlsTexts, FileProblem> read_tls_files(const TlsFileSet& files);
/// Errors: the file to blame, and why.
std::expected<std::shared_ptr<const net::ServerTls>, FileProblem> make_listener_tls(
    const TlsFileSet& files, const TlsTexts& texts, const std::shared_ptr<net::TicketKeys>& tickets);
std::expected<std::shared_ptr<const net::ClientTls>, FileProblem> make_subgraph_tls(const TlsFileSet& files,
                                                                                    const TlsTexts& texts);

/// Reads and tries every set that the configuration names. Returns what cannot be used.
std::vector<FileProblem> check_tls_files(const config::Config& config);

/// How each subgraph is spoken to.
struct SubgraphTls {
  std::shared_ptr<const net::ClientTls> all;  ///< null: the system's authorities
  std::map<std::string, std::shared_ptr<const net::ClientTls>, std::less<>> by_name;
  const std::shared_ptr<const net::ClientTls>& of(const std::string& subgraph) const {
    const auto found = by_name.find(subgraph);
    return found == by_name.end() ? all : found->second;
  }
};

}  // namespace signet::app
