// Certificates for tests: an authority that signs what a test asks for, good or not.
#pragma once

#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace signet::testing_support {

struct Issued {
  std::string certificate;
  std::string key;
};

/// What a certificate says. Units: validity in seconds from now.
struct Wanted {
  std::vector<std::string> names{"localhost"};
  std::vector<std::string> addresses{"127.0.0.1"};
  long from = -3600;
  long to = 86400;
};

class Authority {
 public:
  explicit Authority(const std::string& name = "tests") : key_(EVP_EC_gen("P-256"), EVP_PKEY_free) {
    certificate_ = build(name, key_.get(), nullptr, {.names = {}, .addresses = {}, .to = 10 * 86400L}, true);
  }

  std::string certificate() const { return pem(certificate_.get()); }

  Issued issue(const Wanted& wanted = {}) const {
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    return {pem(build("leaf", key.get(), certificate_.get(), wanted, false).get()), pem(key.get())};
  }

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Certificate = std::shared_ptr<X509>;

  static std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<size_t>(size));
    BIO_free(bio);
    return text;
  }
  static std::string pem(X509* certificate) {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    return text_of(bio);
  }
  static std::string pem(EVP_PKEY* key) {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(bio);
  }

  static void add_names(X509* certificate, const Wanted& wanted) {
    GENERAL_NAMES* names = sk_GENERAL_NAME_new_null();
    for (const std::string& text : wanted.names) {  // by hand: OpenSSL's own parser takes no NUL
      GENERAL_NAME* name = GENERAL_NAME_new();
      ASN1_IA5STRING* value = ASN1_IA5STRING_new();
      ASN1_STRING_set(value, text.data(), static_cast<int>(text.size()));
      GENERAL_NAME_set0_value(name, GEN_DNS, value);
      sk_GENERAL_NAME_push(names, name);
    }
    for (const std::string& text : wanted.addresses) {
      GENERAL_NAME* name = GENERAL_NAME_new();
      GENERAL_NAME_set0_value(name, GEN_IPADD, a2i_IPADDRESS(text.c_str()));
      sk_GENERAL_NAME_push(names, name);
    }
    if (sk_GENERAL_NAME_num(names) > 0) X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0);
    GENERAL_NAMES_free(names);
  }

  Certificate build(const std::string& name, EVP_PKEY* key, X509* issuer, const Wanted& wanted, bool authority) const {
    static long serial = 1;
    Certificate certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), wanted.from);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), wanted.to);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(certificate.get(), issuer == nullptr ? subject : X509_get_subject_name(issuer));
    if (authority) {
      X509_EXTENSION* basic = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
      X509_add_ext(certificate.get(), basic, -1);
      X509_EXTENSION_free(basic);
    }
    add_names(certificate.get(), wanted);
    if (X509_sign(certificate.get(), key_.get(), EVP_sha256()) == 0) throw std::runtime_error("cannot sign");
    return certificate;
  }

  Key key_;
  Certificate certificate_;
};

}  // namespace signet::testing_support
