#include "router/app/tls_files.hpp"

#include <fmt/format.h>

namespace signet::app {
namespace {

constexpr uint64_t kPemBytesMax = 4u << 20;  // a bundle of all public authorities is 220 KB

void wipe(std::string& text) {
  crypto::wipe({reinterpret_cast<uint8_t*>(text.data()), text.size()});
}

FileProblem blame(const TlsFileSet& files, const net::PemProblem& problem) {
  switch (problem.file) {
    case net::PemFile::certificate:
      return {files.key, files.cert_file, problem.reason};
    case net::PemFile::key:
      return {files.key, files.key_file, problem.reason};
    case net::PemFile::authorities:
      break;
  }
  return {files.key, files.ca_file, problem.reason};
}

}  // namespace

TlsTexts::~TlsTexts() {
  wipe(pair.key);
}

crypto::Sha256 TlsTexts::digest() const {
  std::string all = fmt::format("{} {} ", pair.certificate.size(), pair.key.size());
  all.reserve(all.size() + pair.certificate.size() + pair.key.size() + authorities.size());
  all += pair.certificate;
  all += pair.key;
  all += authorities;
  const crypto::Sha256 digest = crypto::sha256(all);
  wipe(all);
  return digest;
}

TlsFileSet listener_files(const config::ListenTls& tls) {
  return {.key = "listen.tls",
          .cert_file = tls.cert_file,
          .key_file = tls.key_file,
          .ca_file = tls.client_ca_file,
          .only_1_3 = tls.min_version == config::TlsVersion::tls_1_3};
}

std::vector<std::pair<std::string, TlsFileSet>> subgraph_files(const config::Subgraphs& subgraphs) {
  std::vector<std::pair<std::string, TlsFileSet>> sets;
  const config::SubgraphTls& all = subgraphs.all.tls;
  if (!all.empty()) sets.emplace_back("", TlsFileSet{"subgraphs.all.tls", all.cert_file, all.key_file, all.ca_file});
  for (const auto& [name, settings] : subgraphs.by_name) {
    const config::SubgraphTls& own = settings.tls;
    if (own.empty()) continue;
    const config::SubgraphTls& pair = own.cert_file.empty() ? all : own;
    sets.emplace_back(name, TlsFileSet{"subgraphs." + name + ".tls", pair.cert_file, pair.key_file,
                                       own.ca_file.empty() ? all.ca_file : own.ca_file});
  }
  return sets;
}

std::expected<TlsTexts, FileProblem> read_tls_files(const TlsFileSet& files) {
  TlsTexts texts;
  for (const auto& [path, into] : {std::pair<const std::string&, std::string&>{files.cert_file, texts.pair.certificate},
                                   {files.key_file, texts.pair.key},
                                   {files.ca_file, texts.authorities}}) {
    if (path.empty()) continue;
    auto read = read_file_of(files.key, path, kPemBytesMax);
    if (!read) return std::unexpected(std::move(read.error()));
    if (read->empty()) return std::unexpected(FileProblem{files.key, path, "is empty"});
    into = std::move(*read);
  }
  return texts;
}

std::expected<std::shared_ptr<const net::ServerTls>, FileProblem> make_listener_tls(
    const TlsFileSet& files, const TlsTexts& texts, const std::shared_ptr<net::TicketKeys>& tickets) {
  net::ServerTlsFiles all{.pair = texts.pair, .client_authorities = texts.authorities, .only_1_3 = files.only_1_3};
  auto made = net::ServerTls::make(all, tickets);
  wipe(all.pair.key);
  if (!made) return std::unexpected(blame(files, made.error()));
  return std::move(*made);
}

std::expected<std::shared_ptr<const net::ClientTls>, FileProblem> make_subgraph_tls(const TlsFileSet& files,
                                                                                    const TlsTexts& texts) {
  net::ClientTlsFiles all{.authorities = texts.authorities, .pair = texts.pair};
  auto made = net::ClientTls::make(all);
  wipe(all.pair.key);
  if (!made) return std::unexpected(blame(files, made.error()));
  return std::move(*made);
}

std::vector<FileProblem> check_tls_files(const config::Config& config) {
  std::vector<FileProblem> problems;
  const SystemClock clock;
  if (const config::ListenTls& tls = config.listen.tls; !tls.cert_file.empty()) {
    const TlsFileSet files = listener_files(tls);
    auto texts = read_tls_files(files);
    if (!texts) {
      problems.push_back(texts.error());
    } else if (auto made = make_listener_tls(files, *texts, std::make_shared<net::TicketKeys>(clock)); !made) {
      problems.push_back(made.error());
    }
  }
  for (const auto& [name, files] : subgraph_files(config.subgraphs)) {
    auto texts = read_tls_files(files);
    if (!texts) {
      problems.push_back(texts.error());
    } else if (auto made = make_subgraph_tls(files, *texts); !made) {
      problems.push_back(made.error());
    }
  }
  return problems;
}

}  // namespace signet::app
