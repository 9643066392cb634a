// Content-Encoding on what others send us: at most one layer of gzip, and identity in any number and spelling.
// Spec: RFC 9110 §8.4
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "router/http/gzip.hpp"
#include "router/http/message.hpp"

namespace signet::http {

enum class ContentCoding : uint8_t { identity, gzip };

/// Errors: the coding or the pile of codings that is not accepted, in words.
std::expected<ContentCoding, std::string> content_coding(const Headers& headers);

/// `body` with its content coding removed.
/// Errors: one sentence; a gzip-coded body that is empty, cut or followed by other bytes is an error.
std::expected<std::string, std::string> decode_content(const Headers& headers, std::string body,
                                                       const DecodeLimits& limits);

}  // namespace signet::http
