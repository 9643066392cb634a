#include "router/net/response_reader.hpp"

#include <fmt/format.h>
#include <utility>

#include "router/base/allocator.hpp"
#include "router/base/limits.hpp"
#include "router/http/token.hpp"

namespace signet::net {

using http::TransportError;

namespace {

constexpr int kInterimResponsesMax = 10;

}  // namespace

void ResponseReader::take(std::string_view bytes) {
  if (bytes.empty() || over()) return;
  started_ = true;
  // What is kept from before goes first; most often there is nothing, and the bytes are read where they are.
  const bool in_pieces = !kept_.empty();
  if (in_pieces) bytes = kept_.append(bytes);
  const std::string_view rest = take_what_is_whole(bytes);
  if (in_pieces && rest.size() == kept_.size()) return;  // nothing was: it stays where it is
  if (in_pieces) keep_body();
  kept_ = std::string(over() ? std::string_view() : rest);
}

// What is left, and to be given again with what follows.
std::string_view ResponseReader::take_what_is_whole(std::string_view bytes) {
  while (state_ == State::head) {
    const auto rest = take_head(bytes);
    if (!rest) return bytes;
    bytes = *rest;
  }
  if (state_ == State::body) return take_body(bytes);
  if (state_ == State::done) finish(bytes);
  return {};
}

std::optional<std::string_view> ResponseReader::take_head(std::string_view bytes) {
  const auto framing = guard_.check(bytes);
  if (!framing) {
    fail(TransportError::protocol, std::string(framing.error().message));
    return std::nullopt;
  }
  if (framing->head_bytes == 0) return std::nullopt;
  const std::string_view head = bytes.substr(0, framing->head_bytes);
  bytes.remove_prefix(framing->head_bytes);
  status_ = framing->status;
  if (status_ >= 100 && status_ < 200) {
    if (status_ == 101 || ++interim_responses_ > kInterimResponsesMax) {
      fail(TransportError::protocol, "interim responses only, or a switch of protocols");
      return std::nullopt;
    }
    guard_ = HeadGuard(HeadGuard::Kind::response);
    return bytes;
  }
  if (status_ < 200 || status_ > 599) {
    fail(TransportError::protocol, "the status is not one of HTTP's");
    return std::nullopt;
  }
  take_fields(*framing, head);
  if (!expect_body(*framing, head)) return std::nullopt;
  return bytes;
}

void ResponseReader::take_fields(const Framing& framing, std::string_view head) {
  constexpr std::string_view kLineEnd = "\r\n";
  std::string_view lines = head.substr(framing.fields_begin);
  lines.remove_suffix(kLineEnd.size());
  if (framing.plain_fields) {
    headers_ = http::Headers::of_lines(std::string(lines));
    return;
  }
  headers_.reserve(lines.size());
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find(kLineEnd));
    const size_t colon = line.find(':');
    headers_.add(line.substr(0, colon), http::trim_space(line.substr(colon + 1)));
    lines.remove_prefix(line.size() + kLineEnd.size());
  }
}

// Spec: RFC 9112 §6.3
bool ResponseReader::expect_body(const Framing& framing, std::string_view head) {
  constexpr int kNoContent = 204, kNotModified = 304;
  const bool never = status_ == kNoContent || status_ == kNotModified;
  keep_alive_ = framing.keep_alive && (never || framing.has_content_length || framing.chunked);
  if (never || (framing.has_content_length && framing.content_length == 0)) {
    state_ = State::done;
    return true;
  }
  if (framing.content_length > body_bytes_max_) {
    return too_large();
  }
  state_ = State::body;
  body_length_ = framing.content_length;
  if (framing.has_content_length) return true;
  error_code error;
  parser_.emplace(BodyLimits{body_bytes_max_}).feed(head, error);
  return !error || fail(TransportError::protocol, "the head is malformed");
}

std::string_view ResponseReader::take_body(std::string_view bytes) {
  if (!parser_) {
    if (bytes.size() >= body_length_) {
      finish_body(LentText::lend(bytes.substr(0, body_length_)), bytes.substr(body_length_));
    } else {
      text_.reserve(body_length_);  // bounded by body_bytes_max_; what no byte comes for is never touched
      expect_to_fill(text_.data(), body_length_);
      text_ = bytes;
    }
    return {};
  }
  error_code error;
  const size_t used = parser_->feed(bytes, error);
  const std::string_view rest = bytes.substr(used);
  if (parser_->body_too_large()) {
    too_large();
  } else if (error) {
    fail(TransportError::protocol, "the body is malformed");
  } else if (parser_->is_done()) {
    finish_body(std::move(parser_->body()), rest);
  } else if (rest.size() > limits::kHeaderBytesMax) {
    // What the parser leaves while it needs more is an unfinished chunk header or trailer.
    fail(TransportError::protocol, "a chunk header is too large");
  }
  return rest;
}

void ResponseReader::finish_body(LentText body, std::string_view rest) {
  body_ = std::move(body);
  finish(rest);
}

void ResponseReader::finish(std::string_view rest) {
  state_ = State::done;
  beyond_ = !rest.empty();
}

void ResponseReader::end() {
  if (over()) return;
  if (state_ == State::body && parser_) {
    error_code error;
    parser_->put_eof(error);
    if (!error && parser_->is_done()) {
      keep_alive_ = false;
      return finish_body(std::move(parser_->body()));
    }
  }
  fail(TransportError::protocol, "the answer is cut short");
}

bool ResponseReader::too_large() {
  return fail(TransportError::too_large, fmt::format("the body is larger than {} bytes", body_bytes_max_));
}

bool ResponseReader::fail(TransportError error, std::string problem) {
  state_ = State::failed;
  error_ = error;
  problem_ = std::move(problem);
  return false;
}

}  // namespace signet::net
