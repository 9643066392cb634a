#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "router/base/check.hpp"
#include "router/crypto/crypto.hpp"

namespace signet::crypto {
namespace {

struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, BioFree>;

struct ContextFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextFree>;

std::shared_ptr<void> adopt(EVP_PKEY* key) {
  return {key, [](void* owned) { EVP_PKEY_free(static_cast<EVP_PKEY*>(owned)); }};
}

EVP_PKEY* pkey(const std::shared_ptr<void>& key) {
  return static_cast<EVP_PKEY*>(key.get());
}

Bio read_only(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string drain(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(length)};
}

}  // namespace

Result<Ed25519PublicKey> Ed25519PublicKey::from_pem(std::string_view pem) {
  Ed25519PublicKey result;
  EVP_PKEY* key = PEM_read_bio_PUBKEY(read_only(pem).get(), nullptr, nullptr, nullptr);
  if (key == nullptr) return fail(ErrorCode::CRYPTO_ERROR, "not a public key in PEM");
  result.key_ = adopt(key);
  if (EVP_PKEY_get_id(key) != EVP_PKEY_ED25519) return fail(ErrorCode::CRYPTO_ERROR, "not an Ed25519 public key");
  return result;
}

bool Ed25519PublicKey::verify(ByteView message, ByteView signature) const {
  const Context context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, pkey(key_)) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

std::string Ed25519PublicKey::pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  SIGNET_CHECK(PEM_write_bio_PUBKEY(bio.get(), pkey(key_)) == 1);
  return drain(bio.get());
}

Ed25519PrivateKey Ed25519PrivateKey::generate() {
  Ed25519PrivateKey result;
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  SIGNET_CHECK(key != nullptr);
  result.key_ = adopt(key);
  return result;
}

Result<Ed25519PrivateKey> Ed25519PrivateKey::from_pem(std::string_view pem) {
  Ed25519PrivateKey result;
  EVP_PKEY* key = PEM_read_bio_PrivateKey(read_only(pem).get(), nullptr, nullptr, nullptr);
  if (key == nullptr) return fail(ErrorCode::CRYPTO_ERROR, "not a private key in PEM");
  result.key_ = adopt(key);
  if (EVP_PKEY_get_id(key) != EVP_PKEY_ED25519) return fail(ErrorCode::CRYPTO_ERROR, "not an Ed25519 private key");
  return result;
}

std::array<uint8_t, 64> Ed25519PrivateKey::sign(ByteView message) const {
  std::array<uint8_t, 64> signature{};
  size_t length = signature.size();
  const Context context(EVP_MD_CTX_new());
  SIGNET_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pkey(key_)) == 1);
  SIGNET_CHECK(EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size()) == 1);
  return signature;
}

Ed25519PublicKey Ed25519PrivateKey::public_key() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  SIGNET_CHECK(PEM_write_bio_PUBKEY(bio.get(), pkey(key_)) == 1);
  return Ed25519PublicKey::from_pem(drain(bio.get())).value();
}

std::string Ed25519PrivateKey::pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  SIGNET_CHECK(PEM_write_bio_PrivateKey(bio.get(), pkey(key_), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return drain(bio.get());
}

}  // namespace signet::crypto
