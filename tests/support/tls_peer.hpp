// The other side of TLS in tests: OpenSSL with blocking calls on a socket of its own, client or server.
#pragma once

#include <csignal>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string>
#include <string_view>

#include "tests/support/certificates.hpp"
#include "tests/support/raw_socket.hpp"

namespace signet::testing_support {

struct SessionDeleter {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using Session = std::unique_ptr<SSL_SESSION, SessionDeleter>;

/// One TLS connection. Whatever goes wrong makes a call return false or less.
class TlsPeer {
 public:
  struct Options {
    int max_version = TLS1_3_VERSION;
    int min_version = TLS1_2_VERSION;
    std::string alpn;         ///< as on the wire, for clients
    Issued pair;              ///< presented
    std::string authorities;  ///< for servers: asks clients for a certificate; clients of tests trust everybody
    SSL_SESSION* session = nullptr;
    std::string seclevel = "2";
  };

  TlsPeer(RawSocket socket, bool server, const Options& options) : socket_(std::move(socket)) {
    context_ = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    SSL_CTX_set_cipher_list(context_, ("ALL:@SECLEVEL=" + options.seclevel).c_str());
    SSL_CTX_set_min_proto_version(context_, options.min_version);
    SSL_CTX_set_max_proto_version(context_, options.max_version);
    SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_set_app_data(context_, this);
    SSL_CTX_sess_set_new_cb(context_, [](SSL* ssl, SSL_SESSION* session) {
      static_cast<TlsPeer*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))->session_.reset(session);
      return 1;
    });
    if (!options.pair.certificate.empty()) use(context_, options.pair);
    if (!options.authorities.empty()) {
      BIO* bio = BIO_new_mem_buf(options.authorities.data(), static_cast<int>(options.authorities.size()));
      X509* authority = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), authority);
      X509_free(authority);
      BIO_free(bio);
      SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    if (!options.alpn.empty()) {
      SSL_CTX_set_alpn_protos(context_, reinterpret_cast<const unsigned char*>(options.alpn.data()),
                              static_cast<unsigned>(options.alpn.size()));
    }
    start(server, options.session);
  }
  /// A server's connection under a context that the test shares between several.
  TlsPeer(RawSocket socket, SSL_CTX* context) : socket_(std::move(socket)), context_(context) {
    SSL_CTX_up_ref(context);
    start(true, nullptr);
  }
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;
  ~TlsPeer() {
    if (good_) SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);  // keeps the session good
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }

  bool good() const { return good_; }
  /// The reason of the last failure, alerts as SSL_AD_REASON_OFFSET + alert.
  int reason() const { return reason_; }
  bool resumed() const { return SSL_session_reused(ssl_) == 1; }
  std::string version() const { return SSL_get_version(ssl_); }
  std::string cipher() const { return SSL_get_cipher_name(ssl_); }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  Session take_session() { return std::move(session_); }
  const X509* certificate() const { return SSL_get0_peer_certificate(ssl_); }

  bool send(std::string_view bytes) {
    return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
  }
  /// One record at most; its size, 0 after close_notify, less on errors.
  int read(std::string& into) {
    char buffer[20000];
    ERR_clear_error();
    const int got = SSL_read(ssl_, buffer, sizeof buffer);
    if (got > 0) into.append(buffer, static_cast<size_t>(got));
    ended_well_ = SSL_get_error(ssl_, got) == SSL_ERROR_ZERO_RETURN;
    if (got <= 0) note_error();
    return got;
  }
  /// Reads until `text` ends what came, or the end.
  std::string read_until(std::string_view text) {
    std::string got;
    while ((text.empty() || !got.ends_with(text)) && read(got) > 0) {
    }
    return got;
  }
  std::string read_to_end() { return read_until({}); }
  /// The last read ended in close_notify.
  bool ended_well() const { return ended_well_; }
  void close_notify() { SSL_shutdown(ssl_); }
  bool update_keys() { return SSL_key_update(ssl_, SSL_KEY_UPDATE_REQUESTED) == 1 && SSL_do_handshake(ssl_) == 1; }
  bool renegotiate() { return SSL_renegotiate(ssl_) == 1 && SSL_do_handshake(ssl_) == 1; }
  RawSocket& socket() { return socket_; }

  static void use(SSL_CTX* context, const Issued& pair) {
    BIO* bio = BIO_new_mem_buf(pair.certificate.data(), static_cast<int>(pair.certificate.size()));
    X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(context, certificate);
    X509_free(certificate);
    BIO_free(bio);
    bio = BIO_new_mem_buf(pair.key.data(), static_cast<int>(pair.key.size()));
    EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    SSL_CTX_use_PrivateKey(context, key);
    EVP_PKEY_free(key);
    BIO_free(bio);
  }

 private:
  void start(bool server, SSL_SESSION* session) {
    sigset_t pipe;  // OpenSSL's own way to a socket raises it
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, socket_.descriptor());
    if (session != nullptr) SSL_set_session(ssl_, session);
    ERR_clear_error();
    good_ = (server ? SSL_accept(ssl_) : SSL_connect(ssl_)) == 1;
    note_error();
  }
  void note_error() { reason_ = ERR_GET_REASON(ERR_peek_error()); }

  RawSocket socket_;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  Session session_;
  bool good_ = false;
  bool ended_well_ = false;
  int reason_ = 0;
};

}  // namespace signet::testing_support
