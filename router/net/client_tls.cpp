#include "router/net/client_tls.hpp"

#include <atomic>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "router/net/pem_files.hpp"
#include "router/net/tls_session.hpp"

namespace signet::net {
namespace {

constexpr long kSessionSeconds = 3600;

int keep_session(SSL* ssl, SSL_SESSION* session) {
  TlsSession::of(ssl)->keep(OpenSslPtr<SSL_SESSION>(session));
  return 1;  // the reference is ours now
}

struct GeneralNamesDeleter {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

bool has_nul(const GENERAL_NAME* name) {
  if (name->type != GEN_DNS && name->type != GEN_URI && name->type != GEN_EMAIL) return false;
  const ASN1_IA5STRING* text = name->d.ia5;
  const auto* bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(text));
  return std::string_view(bytes, static_cast<size_t>(ASN1_STRING_length(text))).find('\0') != std::string_view::npos;
}

}  // namespace

struct ClientTls::Context {
  OpenSslPtr<SSL_CTX> ssl = make_tls_context(TLS_client_method());
};

ClientTls::ClientTls() : context_(std::make_unique<Context>()) {
  static std::atomic<uint64_t> made{0};
  id_ = ++made;
  SSL_CTX* context = context_->ssl.get();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_timeout(context, kSessionSeconds);
  SSL_CTX_sess_set_new_cb(context, keep_session);
  constexpr unsigned char kProtocols[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(context, kProtocols, sizeof kProtocols);
}

ClientTls::~ClientTls() = default;

std::expected<std::shared_ptr<const ClientTls>, PemProblem> ClientTls::make(const ClientTlsFiles& files) {
  const std::shared_ptr<ClientTls> made(new ClientTls());
  SSL_CTX* context = made->context_->ssl.get();
  if (files.authorities.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else if (auto used = use_authorities(context, files.authorities); !used) {
    return std::unexpected(used.error());
  }
  if (!files.pair.empty()) {
    auto expires = use_pair(context, files.pair);
    if (!expires) return std::unexpected(expires.error());
    made->expires_ = *expires;
  }
  return made;
}

const std::shared_ptr<const ClientTls>& ClientTls::system() {
  static const std::shared_ptr<const ClientTls> kSystem = *make({});
  return kSystem;
}

std::unique_ptr<TlsSession> ClientTls::start(int descriptor, const http::Url& url,
                                             std::shared_ptr<SessionSlot> slot) const {
  OpenSslPtr<SSL> ssl(SSL_new(context_->ssl.get()));
  if (!ssl) return nullptr;
  X509_VERIFY_PARAM* wanted = SSL_get0_param(ssl.get());
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (url.host_kind == http::HostKind::name) {
    if (X509_VERIFY_PARAM_set1_host(wanted, url.host.data(), url.host.size()) != 1) return nullptr;
    if (SSL_set_tlsext_host_name(ssl.get(), url.host.c_str()) != 1) return nullptr;
  } else if (X509_VERIFY_PARAM_set1_ip_asc(wanted, url.host.c_str()) != 1) {
    return nullptr;
  }
  if (slot && slot->session && SSL_SESSION_is_resumable(slot->session.get()) == 1) {
    SSL_set_session(ssl.get(), slot->session.get());
  }
  SSL_set_connect_state(ssl.get());
  auto session = std::make_unique<TlsSession>(std::move(ssl), descriptor);
  session->keep_session_in(std::move(slot));
  return session;
}

std::expected<void, std::string> check_server_certificate(const TlsSession& session) {
  const X509* certificate = SSL_get0_peer_certificate(session.native());
  if (certificate == nullptr) return std::unexpected("the server has no certificate");
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0) return std::unexpected("certificate has expired");
  const std::unique_ptr<GENERAL_NAMES, GeneralNamesDeleter> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  ERR_clear_error();
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    if (has_nul(sk_GENERAL_NAME_value(names.get(), i))) {
      return std::unexpected("the certificate carries a name with a NUL in it");
    }
  }
  return {};
}

}  // namespace signet::net
