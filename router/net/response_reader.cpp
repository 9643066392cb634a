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
  std::string joined;
  if (!kept_.empty()) {
    joined = std::exchange(kept_, {});
    joined += bytes;
    bytes = joined;
  }
  while (state_ == State::head) {
    const auto rest = take_head(bytes);
    if (!rest) {
      if (state_ == State::head) kept_ = bytes;
      return;
    }
    bytes = *rest;
  }
  if (state_ == State::body) {
    take_body(bytes);
  } else if (state_ == State::done) {
    finish(bytes);
  }
}

std::optional<std::string_view> ResponseReader::take_head(std::string_view bytes) {
  const auto framing = check_response_head(bytes);
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

void ResponseReader::take_body(std::string_view bytes) {
  if (!parser_) {
    body_.reserve(body_length_);  // bounded by body_bytes_max_; what no byte comes for is never touched
    body_.append(bytes.substr(0, body_length_));
    if (body_.size() == body_length_) finish(bytes.substr(body_.size()));
    return;
  }
  error_code error;
  const size_t used = parser_->feed(bytes, error);
  if (parser_->body_too_large()) return fail(TransportError::too_large, "the body is larger than allowed");
  if (error) return fail(TransportError::protocol, "the body is malformed");
  const std::string_view rest = bytes.substr(used);
  if (parser_->is_done()) {
    body_ = std::move(parser_->body());
    return finish(rest);
  }
  // What the parser leaves while it needs more is an unfinished chunk header or trailer.
  if (rest.size() > limits::kHeaderBytesMax) return fail(TransportError::protocol, "a chunk header is too large");
  kept_ = rest;
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
      body_ = std::move(parser_->body());
      keep_alive_ = false;
      return finish({});
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
