// HTTP/1.1 messages as routers and subgraphs send them to each other: a head and a body with Content-Length.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace signet::bench {

enum class Progress { incomplete, complete, malformed };

/// Lifetime: borrows the buffer it was read from.
struct Message {
  std::string_view start_line;
  std::string_view body;
  size_t bytes = 0;  ///< head and body
};

/// The first message of `buffer`. Malformed: no Content-Length where `needs_length`, or a transfer coding.
Progress read_message(std::string_view buffer, bool needs_length, Message& out);

/// The second word of a start line: a request's target, an answer's status.
std::string_view second_word(std::string_view start_line);

/// A POST of JSON, or an answer of JSON, in one piece.
std::string json_post(std::string_view target, std::string_view body);
std::string json_answer(std::string_view status_and_reason, std::string_view body);

}  // namespace signet::bench
