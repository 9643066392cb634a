// Content-Encoding on what others send us: at most one layer of gzip, and identity in any number and spelling.
// Spec: RFC 9110 §8.4
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "router/base/lent_text.hpp"
#include "router/http/gzip.hpp"
#include "router/http/message.hpp"

namespace signet::http {

enum class ContentCoding : uint8_t { identity, gzip };

/// Errors: the coding or the pile of codings that is not accepted, in words.
std::expected<ContentCoding, std::string> content_coding(const Headers& headers);

/// `body` with its content coding removed; itself, lent or not, where it has none.
/// Errors: one sentence; a gzip-coded body that is empty, cut or followed by other bytes is an error.
std::expected<LentText, std::string> decode_content(const Headers& headers, LentText body, const DecodeLimits& limits);

}  // namespace signet::http
