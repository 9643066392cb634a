// Base64 (RFC 4648, both alphabets) and hexadecimal text, strict on input.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signet {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string base64_encode(ByteView bytes);     ///< standard alphabet, padded
std::string base64url_encode(ByteView bytes);  ///< URL alphabet, no padding (RFC 7515 §2)

/// Errors: nothing but the canonical spelling is accepted: right alphabet, exact padding, unused bits zero.
std::optional<Bytes> base64_decode(std::string_view text);
/// Errors: as base64_decode, and padding is refused.
std::optional<Bytes> base64url_decode(std::string_view text);

std::string hex_encode(ByteView bytes);  ///< lower case
/// Errors: only lower-case digits, an even number of them.
std::optional<Bytes> hex_decode(std::string_view text);

}  // namespace signet
