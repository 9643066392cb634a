#include "config-schema/sealed_value.hpp"

#include <array>
#include <fmt/format.h>

#include "config-schema/formats.hpp"

namespace signet::config {
namespace {

constexpr std::string_view kMark = "sealed:v";
constexpr std::string_view kPrefix = "sealed:v1:";
constexpr std::string_view kContext = "signet.sealed.v1";
constexpr size_t kTextBytesMax =
    kPrefix.size() + (kSealedValueBytesMax + crypto::kAeadNonceBytes + crypto::kAeadTagBytes) * 4 / 3 + 4;

std::expected<void, std::string> check_names(const SealedPlace& place) {
  for (const std::string& name : {place.graph, place.environment}) {
    if (!check_format("name", name)) {
      return std::unexpected(
          "a sealed value belongs to a graph in an environment; set graph.name and graph.environment");
    }
  }
  return {};
}

// Names hold neither slash nor line break, so that no two places give the same text.
crypto::SecretBytes key_of(const crypto::SecretBytes& master, const SealedPlace& place) {
  Bytes key =
      crypto::hkdf_sha256(master.view(), as_bytes(kContext),
                          fmt::format("{}/{}/{}", kContext, place.graph, place.environment), crypto::kAeadKeyBytes);
  crypto::SecretBytes secret(key);
  crypto::wipe(key);
  return secret;
}

std::string additional_data(const SealedPlace& place) {
  return fmt::format("{}\n{}\n{}\n{}", kContext, place.graph, place.environment, place.key);
}

std::expected<Bytes, std::string> decode(std::string_view text) {
  if (!text.starts_with(kPrefix)) {
    return std::unexpected("is sealed in a version that this one of signet does not know; seal it anew");
  }
  if (text.size() > kTextBytesMax) {
    return std::unexpected(fmt::format("is longer than a sealed value of {} bytes can be", kSealedValueBytesMax));
  }
  auto bytes = base64url_decode(text.substr(kPrefix.size()));
  if (!bytes || bytes->size() <= crypto::kAeadNonceBytes + crypto::kAeadTagBytes) {
    return std::unexpected("is no whole sealed value; copy what `signet secrets seal` printed, all on one line");
  }
  return std::move(*bytes);
}

}  // namespace

bool looks_sealed(std::string_view text) {
  return text.starts_with(kMark);
}

std::expected<crypto::SecretBytes, std::string> parse_master_key(std::string_view text) {
  if (text.size() < kMasterKeyBytesMin) {
    return std::unexpected(fmt::format("the master key has {} bytes; it needs at least {}; make one with signet keygen",
                                       text.size(), kMasterKeyBytesMin));
  }
  return crypto::SecretBytes(as_bytes(text));
}

std::expected<std::string, std::string> seal(const crypto::SecretBytes& master, const SealedPlace& place,
                                             std::string_view value) {
  if (auto named = check_names(place); !named) return std::unexpected(named.error());
  if (value.empty()) return std::unexpected("the value is empty");
  if (value.size() > kSealedValueBytesMax) {
    return std::unexpected(
        fmt::format("the value has {} bytes; at most {} can be sealed", value.size(), kSealedValueBytesMax));
  }
  std::array<uint8_t, crypto::kAeadNonceBytes> nonce{};
  crypto::random_bytes(nonce);
  const Bytes sealed =
      crypto::aes256gcm_seal(key_of(master, place).view(), nonce, as_bytes(additional_data(place)), as_bytes(value));
  Bytes all(nonce.begin(), nonce.end());
  all.insert(all.end(), sealed.begin(), sealed.end());
  return std::string(kPrefix) + base64url_encode(all);
}

std::expected<crypto::SecretBytes, std::string> open_sealed(std::span<const crypto::SecretBytes> masters,
                                                            const SealedPlace& place, std::string_view text) {
  auto bytes = decode(text);
  if (!bytes) return std::unexpected(bytes.error());
  if (auto named = check_names(place); !named) return std::unexpected(named.error());
  const ByteView all(*bytes);
  for (const crypto::SecretBytes& master : masters) {
    auto value = crypto::aes256gcm_open(key_of(master, place).view(), all.first(crypto::kAeadNonceBytes),
                                        as_bytes(additional_data(place)), all.subspan(crypto::kAeadNonceBytes));
    if (value) return std::move(*value);
  }
  return std::unexpected(
      fmt::format("does not open as {} of graph {} in {}: it was sealed under another master key or for another place, "
                  "or was altered; seal the value again for this place",
                  place.key, place.graph, place.environment));
}

}  // namespace signet::config
