// ServerTls: what a listener presents and asks for over TLS: certificate, key, versions, authorities of clients. It is
// replaced as a whole; connections keep the one they began with.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "router/base/clock.hpp"
#include "router/net/ticket_keys.hpp"
#include "router/net/tls_failure.hpp"
#include "router/net/tls_files.hpp"

namespace signet::net {

class TlsSession;

struct ServerTlsFiles {
  PemPair pair;
  std::string client_authorities;  ///< PEM; empty: clients need no certificate
  bool only_1_3 = false;
};

/// Immutable. Threads: any.
class ServerTls {
 public:
  /// Errors: the text to blame, and why.
  static std::expected<std::shared_ptr<const ServerTls>, PemProblem> make(const ServerTlsFiles& files,
                                                                          std::shared_ptr<TicketKeys> tickets);
  ~ServerTls();

  /// When the certificate expires.
  WallTime expires() const { return expires_; }

  /// Starts TLS on an accepted descriptor. Null: out of memory.
  std::unique_ptr<TlsSession> start(int descriptor) const;
  /// After the handshake: a session that is taken up again must not outlive the certificate of its client.
  std::expected<void, TlsProblem> check_client(const TlsSession& session) const;

 private:
  ServerTls();
  struct Context;
  std::unique_ptr<Context> context_;
  WallTime expires_{};
  bool asks_clients_ = false;
};

}  // namespace signet::net
