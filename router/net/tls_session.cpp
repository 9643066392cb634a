#include "router/net/tls_session.hpp"

#include <boost/asio/error.hpp>
#include <cerrno>
#include <fmt/format.h>
#include <openssl/err.h>
#include <sys/socket.h>

namespace signet::net {

namespace asio_error = boost::asio::error;

// OpenSSL's way to the descriptor. Its own socket BIO would raise SIGPIPE, and tells errors through errno only.
struct SocketBio {
  static const BIO_METHOD* method() {
    static const BIO_METHOD* const kMethod = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "descriptor");
      BIO_meth_set_read(made, read);
      BIO_meth_set_write(made, write);
      BIO_meth_set_ctrl(made, control);
      return made;
    }();
    return kMethod;
  }

  static BIO* make(TlsSession::Wire* wire) {
    BIO* bio = BIO_new(method());
    BIO_set_data(bio, wire);
    BIO_set_init(bio, 1);
    return bio;
  }

 private:
  static TlsSession::Wire& wire(BIO* bio) { return *static_cast<TlsSession::Wire*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t got = ::recv(wire(bio).descriptor, into, static_cast<size_t>(size), 0);
    if (got == 0) wire(bio).ended = true;
    if (got < 0) blame(bio, BIO_FLAGS_READ);
    return static_cast<int>(got);
  }
  static int write(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t sent = ::send(wire(bio).descriptor, bytes, static_cast<size_t>(size), MSG_NOSIGNAL);
    if (sent < 0) blame(bio, BIO_FLAGS_WRITE);
    return static_cast<int>(sent);
  }
  static void blame(BIO* bio, int direction) {
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
      BIO_set_flags(bio, direction | BIO_FLAGS_SHOULD_RETRY);
    } else {
      wire(bio).error = errno;
    }
  }
  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_FLUSH) return 1;
    if (command == BIO_CTRL_EOF) return wire(bio).ended ? 1 : 0;
    return 0;
  }
};

namespace {

// OpenSSL's TLS errors come last: what its other parts said before is how it came to them.
int last_tls_reason() {
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
}

bool is_alert(int reason) {
  return reason > SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256;
}

TlsFailure classify(int reason) {
  switch (reason) {
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
      return TlsFailure::plain_http;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_AD_REASON_OFFSET + SSL_AD_PROTOCOL_VERSION:
      return TlsFailure::version;
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SHARED_GROUPS:
    case SSL_R_NO_SUITABLE_GROUPS:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_AD_REASON_OFFSET + SSL_AD_HANDSHAKE_FAILURE:
      return TlsFailure::cipher;
    case SSL_R_NO_APPLICATION_PROTOCOL:
    case SSL_AD_REASON_OFFSET + SSL_AD_NO_APPLICATION_PROTOCOL:
      return TlsFailure::alpn;
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return TlsFailure::certificate;
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return TlsFailure::closed;
    default:
      return is_alert(reason) ? TlsFailure::closed : TlsFailure::malformed;
  }
}

}  // namespace

TlsSession::TlsSession(OpenSslPtr<SSL> ssl, int descriptor) : wire_{.descriptor = descriptor}, ssl_(std::move(ssl)) {
  BIO* bio = SocketBio::make(&wire_);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
}

TlsSession::~TlsSession() {
  // OpenSSL takes a connection that ended without close_notify for an attack on its session, and forgets that.
  if (!broken_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

TlsSession* TlsSession::of(const SSL* ssl) {
  return static_cast<TlsSession*>(SSL_get_app_data(ssl));
}

void TlsSession::keep(OpenSslPtr<SSL_SESSION> session) {
  if (slot_) slot_->session = std::move(session);
}

TlsSession::Step TlsSession::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return Step::done;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Step::want_read;
    case SSL_ERROR_WANT_WRITE:
      return Step::want_write;
    default:
      note_problem();
      return Step::failed;
  }
}

void TlsSession::note_problem() {
  broken_ = true;
  const int reason = last_tls_reason();
  if (reason == 0) {
    const std::string why = wire_.error != 0 ? error_code(wire_.error, boost::system::system_category()).message()
                                             : "the peer closed the connection";
    problem_ = {TlsFailure::closed, why, false};
    return;
  }
  problem_.failure = classify(reason);
  const long verified = SSL_get_verify_result(ssl_.get());
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && verified != X509_V_OK) {
    problem_.detail = X509_verify_cert_error_string(verified);
  } else if (is_alert(reason)) {
    problem_.alert = true;
    problem_.detail = fmt::format("the peer refused: {}", alert_text(reason - SSL_AD_REASON_OFFSET));
  } else if (const char* words = ERR_reason_error_string(ERR_peek_last_error())) {
    problem_.detail = words;
  }
  ERR_clear_error();
}

// What a read or write that neither succeeded nor has to wait says from now on.
error_code TlsSession::failure() {
  broken_ = true;
  const int reason = last_tls_reason();
  ERR_clear_error();
  if (is_alert(reason)) return {reason, make_error_code(TlsError::broken).category()};
  if (wire_.error != 0) return {wire_.error, boost::system::system_category()};
  if (wire_.ended) return TlsError::truncated;
  return TlsError::broken;
}

size_t TlsSession::read(std::span<char> into, error_code& error) {
  error = {};
  starved_ = read_wants_write_ = false;
  size_t total = 0;
  while (total < into.size() && !end_) {
    size_t got = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_.get(), into.data() + total, into.size() - total, &got);
    if (result == 1) {
      total += got;
      if (SSL_has_pending(ssl_.get()) == 0) return total;
      continue;
    }
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_WRITE:
        read_wants_write_ = true;
        [[fallthrough]];
      case SSL_ERROR_WANT_READ:
        starved_ = true;
        if (total == 0) error = asio_error::would_block;
        return total;
      case SSL_ERROR_ZERO_RETURN:
        end_ = asio_error::eof;
        break;
      default:
        end_ = failure();
    }
  }
  if (total == 0) error = end_;
  return total;
}

bool TlsSession::buffered() const {
  return end_.failed() || (!starved_ && SSL_has_pending(ssl_.get()) != 0);
}

size_t TlsSession::write(std::span<const char> bytes, error_code& error) {
  error = {};
  if (broken_) {
    error = end_ ? end_ : failure();
    return 0;
  }
  size_t sent = 0;
  ERR_clear_error();
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
  write_blocked_ = false;
  if (result == 1) return sent;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      write_blocked_ = true;
      error = asio_error::would_block;
      return 0;
    default:
      error = failure();
      if (!end_ && wire_.error == 0) end_ = error;  // what the peer said before it closed can still be read
      return 0;
  }
}

bool TlsSession::quiet() {
  if (end_ || broken_) return false;
  char byte = 0;
  size_t got = 0;
  ERR_clear_error();
  const int result = SSL_peek_ex(ssl_.get(), &byte, 1, &got);
  if (result == 1) return false;
  const int why = SSL_get_error(ssl_.get(), result);
  if (why == SSL_ERROR_WANT_READ) return true;
  end_ = why == SSL_ERROR_ZERO_RETURN ? error_code(asio_error::eof) : failure();
  return false;
}

void TlsSession::close_notify() {
  if (broken_ || write_blocked_ || SSL_in_init(ssl_.get()) != 0) return;
  if ((SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

OpenSslPtr<SSL_CTX> make_tls_context(const SSL_METHOD* method) {
  OpenSslPtr<SSL_CTX> context(SSL_CTX_new(method));
  SSL_CTX* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(raw, 0);
  SSL_CTX_set_security_level(raw, 2);
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // Forward secret and authenticated; the suites of TLS 1.3 all are.
  SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Without retries inside, a peer that sends nothing but handshake messages cannot hold the thread.
  SSL_CTX_clear_mode(raw, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_read_ahead(raw, 1);
  return context;
}

}  // namespace signet::net
