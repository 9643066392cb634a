// ResponseReader: one HTTP/1.1 response out of the bytes of a connection, in whatever pieces they come. No sockets.
//
// The head is read by the framing guard alone. A body that comes at once with its head is lent from where it was read,
// another one whose length the head tells is read to where it stays; all others are taken apart by Beast's parser.
// Interim responses are skipped.
// Spec: RFC 9112 §6, RFC 9110 §15.2
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "router/base/lent_text.hpp"
#include "router/http/message.hpp"
#include "router/http/transport.hpp"
#include "router/net/framing_guard.hpp"
#include "router/net/message_parser.hpp"

namespace signet::net {

class ResponseReader {
 public:
  enum class State : uint8_t { head, body, done, failed };

  /// `body_bytes_max`: of the body as it is sent, content coding included.
  explicit ResponseReader(uint64_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  State state() const { return state_; }
  bool over() const { return state_ >= State::done; }
  /// Whether any byte came.
  bool started() const { return started_; }

  /// Lets `read_some(std::span<char>) -> size_t` read once, into `scratch` or to where the bytes belong, and takes what
  /// it got. A body that comes at once with its head is lent from there; nothing else in it is needed afterwards.
  template <class ReadSome>
  void pull(std::span<char> scratch, ReadSome read_some) {
    if (state_ == State::body && !parser_) {
      const size_t got = text_.size();
      text_.resize_and_overwrite(body_length_, [&](char* body, size_t) {
        return got + std::min(read_some(std::span(body + got, body_length_ - got)), body_length_ - got);
      });
      if (text_.size() == body_length_) finish_body(std::move(text_));
    } else {
      take(std::string_view(scratch.data(), read_some(scratch.first(scratch.size() - 1))));
      if (body_.is_lent()) scratch[body_.view().data() + body_.view().size() - scratch.data()] = '\0';
    }
  }
  /// The connection has ended: the end of a body that lasts until then, else a failure.
  void end();

  // Once done:
  int status() const { return status_; }
  http::Headers& headers() { return headers_; }
  /// Lent from the scratch of the last pull(), perhaps.
  LentText& body() { return body_; }
  /// Lends it no longer: it has its own bytes.
  void keep_body() { body_ = std::move(body_).take(); }
  /// The connection may serve another request: the response ended where it said, and nothing came after it.
  bool reusable() const { return state_ == State::done && keep_alive_ && !beyond_; }

  // Once failed:
  http::TransportError error() const { return error_; }
  std::string_view problem() const { return problem_; }

 private:
  void take(std::string_view bytes);
  /// Takes the head at the front of `bytes`; what is left of them. Nothing: it is not complete.
  std::optional<std::string_view> take_head(std::string_view bytes);
  std::string_view take_what_is_whole(std::string_view bytes);
  void take_fields(const Framing& framing, std::string_view head);
  /// What follows a head, by what the head says. False: it is not acceptable.
  bool expect_body(const Framing& framing, std::string_view head);
  std::string_view take_body(std::string_view bytes);
  void finish_body(LentText body, std::string_view rest = {});
  void finish(std::string_view rest);
  /// Always false.
  bool too_large();
  /// Always false.
  bool fail(http::TransportError error, std::string problem);

  uint64_t body_bytes_max_;
  State state_ = State::head;
  bool started_ = false;
  bool keep_alive_ = false;
  bool beyond_ = false;
  int interim_responses_ = 0;
  int status_ = 0;
  HeadGuard guard_{HeadGuard::Kind::response};
  std::string kept_;  ///< of an unfinished head, or an unfinished chunk header
  http::Headers headers_;
  size_t body_length_ = 0;
  std::optional<ResponseParser> parser_;  ///< of a body that has no length
  std::string text_;                      ///< of a body that comes in pieces
  LentText body_;
  http::TransportError error_ = http::TransportError::protocol;
  std::string problem_;
};

}  // namespace signet::net
