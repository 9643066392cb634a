#include <memory>
#include <openssl/evp.h>

#include "router/base/check.hpp"
#include "router/crypto/crypto.hpp"

namespace signet::crypto {
namespace {

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

constexpr size_t kInputBytesMax = 1u << 30;  // OpenSSL counts in int

Context start(bool sealing, ByteView key, ByteView nonce) {
  SIGNET_CHECK(key.size() == kAeadKeyBytes && nonce.size() == kAeadNonceBytes);
  Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  SIGNET_CHECK(context != nullptr &&
               EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data(), sealing) == 1);
  return context;
}

// `out` of nullptr: additional data.
void feed(EVP_CIPHER_CTX* context, uint8_t* out, ByteView in) {
  SIGNET_CHECK(in.size() <= kInputBytesMax);
  int written = 0;
  if (in.empty()) return;
  SIGNET_CHECK(EVP_CipherUpdate(context, out, &written, in.data(), static_cast<int>(in.size())) == 1 &&
               static_cast<size_t>(written) == in.size());
}

}  // namespace

Bytes aes256gcm_seal(ByteView key, ByteView nonce, ByteView additional, ByteView plain) {
  const Context context = start(true, key, nonce);
  feed(context.get(), nullptr, additional);
  Bytes out(plain.size() + kAeadTagBytes);
  feed(context.get(), out.data(), plain);
  int written = 0;
  uint8_t* const tag = out.data() + plain.size();
  SIGNET_CHECK(EVP_CipherFinal_ex(context.get(), tag, &written) == 1 && written == 0);
  SIGNET_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kAeadTagBytes, tag) == 1);
  return out;
}

std::optional<SecretBytes> aes256gcm_open(ByteView key, ByteView nonce, ByteView additional, ByteView sealed) {
  if (sealed.size() < kAeadTagBytes) return std::nullopt;
  const ByteView coded = sealed.first(sealed.size() - kAeadTagBytes);
  Bytes tag(sealed.end() - kAeadTagBytes, sealed.end());
  const Context context = start(false, key, nonce);
  feed(context.get(), nullptr, additional);
  Bytes plain(coded.size());
  feed(context.get(), plain.data(), coded);
  SIGNET_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kAeadTagBytes, tag.data()) == 1);
  int written = 0;
  const bool genuine = EVP_CipherFinal_ex(context.get(), plain.data() + plain.size(), &written) == 1;
  std::optional<SecretBytes> opened;
  if (genuine) opened.emplace(plain);
  wipe(plain);  // what did not verify is nobody's to see
  return opened;
}

}  // namespace signet::crypto
