// TlsSession: TLS over a connected, non-blocking descriptor, without waiting: what cannot go on says would_block.
//
// It owns no buffer while nothing is on its way: OpenSSL gives its own back, and bytes are read into the caller's.
#pragma once

#include <boost/system/error_code.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "router/net/openssl_ptr.hpp"
#include "router/net/tls_error.hpp"
#include "router/net/tls_failure.hpp"

namespace signet::net {

using boost::system::error_code;

/// The newest session that one peer gave us, offered to it with the next connection.
struct SessionSlot {
  OpenSslPtr<SSL_SESSION> session;
};

/// Threads: one at a time.
class TlsSession {
 public:
  enum class Step : uint8_t { done, want_read, want_write, failed };

  /// `descriptor` stays the caller's, and open for as long as anything but the destructor is called.
  TlsSession(OpenSslPtr<SSL> ssl, int descriptor);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession();

  /// Goes on with the handshake as far as it can.
  Step handshake();
  /// Why the handshake failed.
  const TlsProblem& problem() const { return problem_; }

  /// Decrypts what is there, up to the span's size.
  /// Errors: would_block; eof after the peer's close_notify; TlsError::truncated when the connection ended without it.
  size_t read(std::span<char> into, error_code& error);
  /// Encrypts and sends at most one record. After would_block the same bytes have to come again. Errors: would_block,
  /// the system's.
  size_t write(std::span<const char> bytes, error_code& error);
  /// True when read() has something to tell without another byte from the network.
  bool buffered() const;
  /// True when read() said would_block because it has something to send first.
  bool read_wants_write() const { return read_wants_write_; }
  /// True when an idle connection is good for another message: tickets may come, data and an end may not.
  bool quiet();
  /// Sends close_notify, once, if that is possible at this moment.
  void close_notify();
  /// Keeps the tickets that come in `slot`.
  void keep_session_in(std::shared_ptr<SessionSlot> slot) { slot_ = std::move(slot); }

  SSL* native() const { return ssl_.get(); }
  /// The session behind one of OpenSSL's objects.
  static TlsSession* of(const SSL* ssl);
  void keep(OpenSslPtr<SSL_SESSION> session);

 private:
  friend struct SocketBio;
  error_code failure();
  void note_problem();

  struct Wire {
    int descriptor = -1;
    int error = 0;
    bool ended = false;
  };
  Wire wire_;
  OpenSslPtr<SSL> ssl_;
  std::shared_ptr<SessionSlot> slot_;
  error_code end_;  // what every further read says
  bool starved_ = false;
  bool read_wants_write_ = false;
  bool write_blocked_ = false;
  bool broken_ = false;
  TlsProblem problem_;
};

/// What both sides' contexts share: TLS 1.2 or later, no compression, no renegotiation, no buffer at rest.
OpenSslPtr<SSL_CTX> make_tls_context(const SSL_METHOD* method);

}  // namespace signet::net
