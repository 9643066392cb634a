// The framing guard: a strict check of a request head's raw bytes, in front of Beast's parser.
//
// Debian's Beast 1.81 accepts heads that other parties on the path read differently (request smuggling). What passes
// here has one meaning. Pure: bytes in, verdict out. The rules are the table in docs/http.md.
// Spec: RFC 9112 §2 to §6, RFC 9110 §5 and §7.2
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
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
  size_t head_bytes = 0;     ///< up to and including the empty line
  size_t fields_begin = 0;   ///< behind the first line
  bool plain_fields = true;  ///< all are written `name: value`, with no other white space around
  int status = 0;            ///< of a response
};

/// Looks for the end of one head and checks it, as its bytes come; none is looked for line ends twice. Of a response,
/// what decides framing is checked, and that each line is one: nothing else reads its head.
class HeadGuard {
 public:
  enum class Kind : uint8_t { request, response };

  explicit HeadGuard(Kind kind) : kind_(kind) {}

  /// `bytes`: the head so far and perhaps more, beginning with what was given before. An unfinished head gives
  /// `head_bytes == 0`, as long as what is there may still become an acceptable one. Not to be called after the end, or
  /// a refusal.
  std::expected<Framing, FramingRefusal> check(std::string_view bytes);

 private:
  using Checked = std::expected<void, FramingRefusal>;
  struct Span {
    size_t at = 0;
    size_t size = 0;
  };

  std::expected<std::optional<std::string_view>, FramingRefusal> next_line(std::string_view bytes);
  Checked check_first_line(std::string_view bytes, std::string_view line);
  Checked check_request_line(std::string_view bytes, std::string_view line);
  Checked check_status_line(std::string_view line);
  Checked check_field(std::string_view bytes, std::string_view line);
  Checked check_known_field(std::string_view bytes, std::string_view name, std::string_view value);
  Checked check_transfer_encoding(std::string_view value);
  Checked check_content_length(std::string_view value);
  Checked check_connection(std::string_view value);
  Checked check_sizes(std::string_view bytes, bool unfinished) const;
  std::expected<Framing, FramingRefusal> finish(std::string_view bytes);

  Kind kind_;
  bool http_1_0_ = false;
  bool close_ = false;
  size_t line_ = 0;       // where the line begins that is being read
  size_t seen_ = 0;       // no line ends before
  size_t fields_at_ = 0;  // where the fields begin; 0: after the first line, which is not complete
  size_t fields_ = 0;
  size_t hosts_ = 0;
  Span host_;
  Span authority_;  // of a request target in absolute form
  Framing framing_;
};

}  // namespace signet::net
