#include "router/net/server_tls.hpp"

#include <algorithm>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string_view>

#include "router/net/pem_files.hpp"
#include "router/net/tls_session.hpp"

namespace signet::net {
namespace {

constexpr long kSessionSeconds = 2 * 3600;
constexpr std::string_view kHttp11 = "http/1.1";

using SharedKeys = std::shared_ptr<TicketKeys>;

void free_keys(void*, void* keys, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<SharedKeys*>(keys);
}

// Where a context keeps its ticket keys: they live as long as the context, which may be longer than its ServerTls.
int keys_index() {
  static const int kIndex = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_keys);
  return kIndex;
}

bool set_up_mac(EVP_MAC_CTX* mac, TicketKeys::Key& key) {
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

// Spec: RFC 5077 §4, and SSL_CTX_set_tlsext_ticket_key_evp_cb(3) for what is returned.
int ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int seal) {
  constexpr int kNoTicket = 0, kGood = 1, kGoodButOld = 2;
  auto* keys = static_cast<SharedKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), keys_index()));
  if (seal != 0) {
    TicketKeys::Key key = (*keys)->newest();
    if (RAND_bytes(iv, EVP_MAX_IV_LENGTH) != 1) return kNoTicket;
    std::ranges::copy(key.name, name);
    if (EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.cipher.data(), iv) != 1) return kNoTicket;
    return set_up_mac(mac, key) ? kGood : kNoTicket;
  }
  auto found = (*keys)->find({name, std::tuple_size_v<decltype(TicketKeys::Key::name)>});
  if (!found) return kNoTicket;
  if (EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, found->key.cipher.data(), iv) != 1) return kNoTicket;
  if (!set_up_mac(mac, found->key)) return kNoTicket;
  return found->newest ? kGood : kGoodButOld;
}

// Spec: RFC 7301 §3.2
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  std::string_view rest(reinterpret_cast<const char*>(offered), offered_size);
  while (!rest.empty()) {
    const size_t size = static_cast<uint8_t>(rest.front());
    const std::string_view name = rest.substr(1, size);
    if (name == kHttp11) {
      *chosen = reinterpret_cast<const unsigned char*>(kHttp11.data());
      *chosen_size = static_cast<unsigned char>(kHttp11.size());
      return SSL_TLSEXT_ERR_OK;
    }
    if (size + 1 > rest.size()) break;
    rest.remove_prefix(size + 1);
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// A session is taken up again only where the same certificates of clients would be asked for.
void set_session_context(SSL_CTX* context, const ServerTlsFiles& files) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  const std::string& authorities = files.client_authorities;
  EVP_Digest(authorities.data(), authorities.size(), digest, &size, EVP_sha256(), nullptr);
  SSL_CTX_set_session_id_context(context, digest, std::min<unsigned>(size, SSL_MAX_SID_CTX_LENGTH));
}

}  // namespace

struct ServerTls::Context {
  OpenSslPtr<SSL_CTX> ssl = make_tls_context(TLS_server_method());
};

ServerTls::ServerTls() : context_(std::make_unique<Context>()) {}
ServerTls::~ServerTls() = default;

std::expected<std::shared_ptr<const ServerTls>, PemProblem> ServerTls::make(const ServerTlsFiles& files,
                                                                            std::shared_ptr<TicketKeys> tickets) {
  const std::shared_ptr<ServerTls> made(new ServerTls());
  SSL_CTX* context = made->context_->ssl.get();
  auto expires = use_pair(context, files.pair);
  if (!expires) return std::unexpected(expires.error());
  made->expires_ = *expires;
  if (!files.client_authorities.empty()) {
    made->asks_clients_ = true;
    if (auto used = use_authorities(context, files.client_authorities); !used) return std::unexpected(used.error());
    const auto names = read_certificates(files.client_authorities);
    for (const auto& certificate : *names) SSL_CTX_add_client_CA(context, certificate.get());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  if (files.only_1_3) SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN);  // the file's chain is the chain
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets carry all
  SSL_CTX_set_timeout(context, kSessionSeconds);
  set_session_context(context, files);
  SSL_CTX_set_ex_data(context, keys_index(), new SharedKeys(std::move(tickets)));
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, ticket_key);
  return made;
}

std::unique_ptr<TlsSession> ServerTls::start(int descriptor) const {
  OpenSslPtr<SSL> ssl(SSL_new(context_->ssl.get()));
  if (!ssl) return nullptr;
  SSL_set_accept_state(ssl.get());
  return std::make_unique<TlsSession>(std::move(ssl), descriptor);
}

std::expected<void, TlsProblem> ServerTls::check_client(const TlsSession& session) const {
  if (!asks_clients_) return {};
  const X509* certificate = SSL_get0_peer_certificate(session.native());
  if (certificate == nullptr) {
    return std::unexpected(TlsProblem{TlsFailure::certificate, "the client has no certificate"});
  }
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0) {
    return std::unexpected(TlsProblem{TlsFailure::certificate, "certificate has expired"});
  }
  return {};
}

}  // namespace signet::net
