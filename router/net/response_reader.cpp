#include "router/net/response_reader.hpp"

#include <utility>

#include "router/base/limits.hpp"

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
    fail(TransportError::protocol, framing.error().message);
    return std::nullopt;
  }
  if (framing->head_bytes == 0) return std::nullopt;
  const std::string_view head = bytes.substr(0, framing->head_bytes);
  bytes.remove_prefix(framing->head_bytes);
  ResponseParser parser(BodyLimits{body_bytes_max_});
  error_code error;
  parser.feed(head, error);
  if (error) {
    fail(TransportError::protocol, "the head is malformed");
    return std::nullopt;
  }
  if (parser.status() >= 100 && parser.status() < 200) {
    if (parser.status() == 101 || ++interim_responses_ > kInterimResponsesMax) {
      fail(TransportError::protocol, "interim responses only, or a switch of protocols");
      return std::nullopt;
    }
    guard_ = HeadGuard(HeadGuard::Kind::response);
    return bytes;
  }
  status_ = parser.status();
  if (status_ < 200 || status_ > 599) {
    fail(TransportError::protocol, "the status is not one of HTTP's");
    return std::nullopt;
  }
  keep_alive_ = framing->keep_alive && !parser.need_eof();
  headers_.reserve(head.size());
  for (const auto& [name, value] : parser.fields()) headers_.add(name, value);
  if (parser.is_done()) {
    state_ = State::done;
    return bytes;
  }
  if (framing->content_length > body_bytes_max_) {
    fail(TransportError::too_large, "the body is larger than allowed");
    return std::nullopt;
  }
  state_ = State::body;
  if (framing->has_content_length && !framing->chunked) {
    body_length_ = framing->content_length;
  } else {
    parser_.emplace(std::move(parser));
  }
  return bytes;
}

std::string_view ResponseReader::take_body(std::string_view bytes) {
  if (!parser_) {
    if (bytes.size() >= body_length_) {
      finish_body(LentText::lend(bytes.substr(0, body_length_)), bytes.substr(body_length_));
    } else {
      text_.reserve(body_length_);  // bounded by body_bytes_max_; what no byte comes for is never touched
      text_ = bytes;
    }
    return {};
  }
  error_code error;
  const size_t used = parser_->feed(bytes, error);
  const std::string_view rest = bytes.substr(used);
  if (parser_->body_too_large()) {
    fail(TransportError::too_large, "the body is larger than allowed");
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

void ResponseReader::fail(TransportError error, std::string_view problem) {
  state_ = State::failed;
  error_ = error;
  problem_ = problem;
}

}  // namespace signet::net
