// What the admission server says, and what it writes down about it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "router/http/message.hpp"

namespace signet::admission {

inline constexpr size_t kReviewBytesMax = 64u << 10;

/// What was decided, for the server's log and audit. Texts are printable.
struct ReviewLog {
  std::string graph, environment, sha256;
  uint64_t serial = 0;  ///< 0 where there is none
  bool allowed = false;
  std::string message;
};

struct ServerAnswer {
  http::Response response;
  std::optional<ReviewLog> log;  ///< absent when the caller was turned away unheard
};

/// The bytes of an artifact, or why they could not be had; the reason is fit for an answer.
using Fetched = std::expected<std::string, std::string>;

/// An answer in JSON.
http::Response json_response(int status, std::string body);
/// `{"error":…}`, without a log entry.
ServerAnswer turn_away(int status, std::string_view why);

}  // namespace signet::admission
