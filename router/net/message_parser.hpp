// Beast's basic_parser behind the framing guard: heads into views, bodies (plain or chunked) into a string.
//
// The guard has accepted the head before the parser sees it. Trailers are dropped: Beast would merge them into the
// header fields.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/http/message.hpp"

namespace signet::net {

namespace beast_http = boost::beast::http;
using boost::system::error_code;

/// What a message's body may be.
struct BodyLimits {
  uint64_t bytes_max = 0;
  static constexpr size_t kChunkExtensionBytesMax = 256;
};

/// Fields as views into the connection's copy of the head.
using FieldViews = std::vector<std::pair<std::string_view, std::string_view>>;

/// What requests and responses share: fields before the body, the body within its cap.
template <bool isRequest>
class MessageParser : public beast_http::basic_parser<isRequest> {
 public:
  explicit MessageParser(BodyLimits limits);

  /// Takes what it can of `bytes`, and says how many that are; the others are to be given again, with what follows
  /// them. That more is needed is no error.
  size_t feed(std::string_view bytes, error_code& error);

  const FieldViews& fields() const { return fields_; }
  std::string& body() { return body_; }
  bool body_too_large() const { return body_too_large_; }

 protected:
  using string_view = boost::beast::string_view;

  void on_field_impl(beast_http::field, string_view name, string_view value, error_code&) override;
  void on_header_impl(error_code&) override { head_complete_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& error) override;
  std::size_t on_body_impl(string_view bytes, error_code& error) override;
  void on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, string_view bytes, error_code& error) override;
  void on_finish_impl(error_code&) override {}

 private:
  std::size_t append(string_view bytes, error_code& error);

  BodyLimits limits_;
  FieldViews fields_;
  std::string body_;
  bool head_complete_ = false;
  bool body_too_large_ = false;
};

class RequestParser final : public MessageParser<true> {
 public:
  using MessageParser::MessageParser;

  http::Method method() const { return method_; }
  std::string_view target() const { return target_; }

 private:
  void on_request_impl(beast_http::verb method, string_view text, string_view target, int, error_code&) override;
  void on_response_impl(int, string_view, int, error_code&) override {}

  http::Method method_ = http::Method::other;
  std::string_view target_;
};

class ResponseParser final : public MessageParser<false> {
 public:
  using MessageParser::MessageParser;

  int status() const { return status_; }

 private:
  void on_request_impl(beast_http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int status, string_view, int, error_code&) override { status_ = status; }

  int status_ = 0;
};

}  // namespace signet::net
