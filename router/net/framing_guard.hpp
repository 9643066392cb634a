// The framing guard: a strict check of a request head's raw bytes, in front of Beast's parser.
//
// Debian's Beast 1.81 accepts heads that other parties on the path read differently (request smuggling). What passes
// here has one meaning. Pure: bytes in, verdict out. The rules are the table in docs/http.md.
// Spec: RFC 9112 §2 to §6, RFC 9110 §5 and §7.2
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "router/base/error.hpp"

namespace signet::net {

/// Why a head is refused. The connection is closed after the answer, since its framing cannot be trusted.
struct FramingRefusal {
  int status = 400;
  ErrorCode code = ErrorCode::BAD_REQUEST;
  std::string_view message;  ///< static text, without any byte of the request
};

/// What the head says about the message and the connection.
struct Framing {
  bool chunked = false;
  bool has_content_length = false;
  uint64_t content_length = 0;
  bool keep_alive = true;
  bool expect_continue = false;
  size_t head_bytes = 0;  ///< up to and including the empty line
};

/// Looks for the end of the head in `bytes` and checks it. An unfinished head gives `head_bytes == 0`, as long as what
/// is there may still become an acceptable one.
std::expected<Framing, FramingRefusal> check_request_head(std::string_view bytes);

/// The same for a response's head; `head_bytes == 0` while it is unfinished. Only what decides framing is checked.
std::expected<Framing, FramingRefusal> check_response_head(std::string_view bytes);

}  // namespace signet::net
