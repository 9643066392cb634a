// ClientTls: how connections to servers are made with TLS. The server is always verified: its chain, its validity and
// its name, against the profile's authorities.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "router/base/clock.hpp"
#include "router/http/transport.hpp"
#include "router/net/tls_files.hpp"

namespace signet::net {

class TlsSession;
struct SessionSlot;

struct ClientTlsFiles {
  std::string authorities;  ///< PEM; empty: the system's. They replace the system's, they do not add to them.
  PemPair pair;             ///< presented to servers that ask
};

/// Immutable. Threads: any.
class ClientTls final : public http::TlsProfile {
 public:
  /// Errors: the text to blame, and why.
  static std::expected<std::shared_ptr<const ClientTls>, PemProblem> make(const ClientTlsFiles& files);
  /// The system's authorities and no certificate: what requests without a profile use. Made when first asked for.
  static const std::shared_ptr<const ClientTls>& system();
  ~ClientTls() override;

  /// Different for every profile of the process: what is verified under one is not under another.
  uint64_t id() const { return id_; }
  /// When the certificate that it presents expires.
  std::optional<WallTime> expires() const { return expires_; }

  /// Starts TLS towards `url` on a connected descriptor; `slot` holds sessions to take up again, and gets new ones.
  /// Null: out of memory, or a host that no certificate can carry.
  std::unique_ptr<TlsSession> start(int descriptor, const http::Url& url, std::shared_ptr<SessionSlot> slot) const;

 private:
  ClientTls();
  struct Context;
  std::unique_ptr<Context> context_;
  uint64_t id_;
  std::optional<WallTime> expires_;
};

/// What OpenSSL does not look at: a name with a NUL in it, and a resumed session's certificate that has expired since.
/// Errors: what is wrong.
std::expected<void, std::string> check_server_certificate(const TlsSession& session);

}  // namespace signet::net
