// Choosing what to answer with: the media type by Accept, the content coding by Accept-Encoding.
// Spec: RFC 9110 §12.5.1, §12.5.3
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "router/http/message.hpp"

namespace signet::http {

enum class ResponseType : uint8_t { json, graphql_response };

/// `application/json` or `application/graphql-response+json`.
std::string_view to_text(ResponseType type);

/// The type to answer with, or nothing for 406. No Accept, nothing but malformed ranges, or a tie between ranges of the
/// same specificity at the same place: `application/json`. The highest weight wins, then the more specific range, then
/// the one named first.
std::optional<ResponseType> negotiate_response_type(const Headers& headers);

/// True when the answer may and should be sent with gzip: only when Accept-Encoding says so, never with q=0.
bool negotiate_gzip(const Headers& headers);

}  // namespace signet::http
