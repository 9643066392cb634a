#include "router/net/pem_files.hpp"

#include <ctime>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace signet::net {
namespace {

constexpr size_t kCertificatesMax = 1'000;

OpenSslPtr<BIO> text_bio(std::string_view text) {
  return OpenSslPtr<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Keys with a passphrase are refused: there is nobody to ask.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

std::unexpected<PemProblem> problem(PemFile file, std::string reason) {
  return std::unexpected(PemProblem{file, std::move(reason)});
}

std::string words(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unknown time";
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

WallTime wall_time(const ASN1_TIME* time) {
  tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  return WallTime(std::chrono::seconds(timegm(&parts)));
}

}  // namespace

std::string take_openssl_error() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "unknown error" : reason;
}

std::expected<std::vector<OpenSslPtr<X509>>, std::string> read_certificates(std::string_view pem) {
  if (pem.empty()) return std::unexpected("is empty");
  const auto bio = text_bio(pem);
  std::vector<OpenSslPtr<X509>> certificates;
  ERR_clear_error();
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)) {
    certificates.emplace_back(certificate);
    if (certificates.size() > kCertificatesMax) return std::unexpected("holds more than 1000 certificates");
  }
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string error = take_openssl_error();
  if (!ended) return std::unexpected("holds a certificate that cannot be read: " + error);
  if (certificates.empty()) return std::unexpected("holds no certificate in PEM");
  return certificates;
}

std::expected<WallTime, PemProblem> use_pair(SSL_CTX* context, const PemPair& pair) {
  auto chain = read_certificates(pair.certificate);
  if (!chain) return problem(PemFile::certificate, chain.error());
  if (pair.key.empty()) return problem(PemFile::key, "is empty");
  ERR_clear_error();
  const OpenSslPtr<EVP_PKEY> key(PEM_read_bio_PrivateKey(text_bio(pair.key).get(), nullptr, no_passphrase, nullptr));
  if (!key) {
    ERR_clear_error();
    return problem(PemFile::key, "holds no private key in PEM, or one with a passphrase");
  }
  X509* leaf = chain->front().get();
  if (X509_check_private_key(leaf, key.get()) != 1) {
    ERR_clear_error();
    return problem(PemFile::key, "is not the key of the certificate");
  }
  const ASN1_TIME* from = X509_get0_notBefore(leaf);
  const ASN1_TIME* to = X509_get0_notAfter(leaf);
  if (X509_cmp_current_time(to) <= 0) return problem(PemFile::certificate, "expired at " + words(to));
  if (X509_cmp_current_time(from) >= 0) return problem(PemFile::certificate, "is not valid before " + words(from));
  if (SSL_CTX_use_certificate(context, leaf) != 1) return problem(PemFile::certificate, take_openssl_error());
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) return problem(PemFile::key, take_openssl_error());
  for (size_t i = 1; i < chain->size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, (*chain)[i].get()) != 1) {
      return problem(PemFile::certificate, take_openssl_error());
    }
  }
  return wall_time(to);
}

std::expected<void, PemProblem> use_authorities(SSL_CTX* context, std::string_view pem) {
  auto certificates = read_certificates(pem);
  if (!certificates) return problem(PemFile::authorities, certificates.error());
  OpenSslPtr<X509_STORE> store(X509_STORE_new());
  for (const auto& certificate : *certificates) {
    if (X509_STORE_add_cert(store.get(), certificate.get()) != 1) {
      return problem(PemFile::authorities, take_openssl_error());
    }
  }
  // Each certificate of the file is an authority, intermediate ones too.
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  SSL_CTX_set_cert_store(context, store.release());
  return {};
}

}  // namespace signet::net
