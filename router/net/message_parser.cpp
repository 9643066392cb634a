#include "router/net/message_parser.hpp"

#include <boost/beast/http/error.hpp>

namespace signet::net {
namespace {

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

template <bool isRequest>
MessageParser<isRequest>::MessageParser(BodyLimits limits) : limits_(limits) {
  this->eager(true);
  this->header_limit(UINT32_MAX);  // the guard's limit counts
  this->body_limit(boost::none);   // ours, below
}

template <bool isRequest>
size_t MessageParser<isRequest>::feed(std::string_view bytes, error_code& error) {
  // What is left of a chunked body has at least as many bytes, `0` and two line ends; Beast's parser assumes so.
  constexpr size_t kLastChunkBytes = 5;
  error = {};
  const size_t least = this->is_header_done() && this->chunked() ? kLastChunkBytes : 1;
  if (bytes.size() < least) return 0;
  const size_t used = this->put(boost::asio::buffer(bytes), error);
  if (error == beast_http::error::need_more) error = {};
  return used;
}

template <bool isRequest>
void MessageParser<isRequest>::on_field_impl(beast_http::field, string_view name, string_view value, error_code&) {
  constexpr size_t kFieldsUsual = 16;
  if (fields_.empty()) fields_.reserve(kFieldsUsual);
  if (!head_complete_) fields_.emplace_back(view(name), view(value));
}

template <bool isRequest>
void MessageParser<isRequest>::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& error) {
  if (!length) return;
  if (*length > limits_.bytes_max) {
    body_too_large_ = true;
    error = beast_http::error::body_limit;
  }
}

template <bool isRequest>
std::size_t MessageParser<isRequest>::append(string_view bytes, error_code& error) {
  if (bytes.size() > limits_.bytes_max - body_.size()) {
    body_too_large_ = true;
    error = beast_http::error::body_limit;
    return 0;
  }
  body_.append(bytes.data(), bytes.size());
  return bytes.size();
}

template <bool isRequest>
std::size_t MessageParser<isRequest>::on_body_impl(string_view bytes, error_code& error) {
  return append(bytes, error);
}

template <bool isRequest>
void MessageParser<isRequest>::on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& error) {
  if (extensions.size() > BodyLimits::kChunkExtensionBytesMax) {
    error = beast_http::error::bad_chunk_extension;
  } else if (size > limits_.bytes_max - body_.size()) {
    body_too_large_ = true;
    error = beast_http::error::body_limit;
  }
}

template <bool isRequest>
std::size_t MessageParser<isRequest>::on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& error) {
  return append(bytes, error);
}

template class MessageParser<true>;
template class MessageParser<false>;

void RequestParser::on_request_impl(beast_http::verb method, string_view, string_view target, int, error_code&) {
  using beast_http::verb;
  target_ = view(target);
  switch (method) {
    case verb::get:
      method_ = http::Method::get;
      break;
    case verb::head:
      method_ = http::Method::head;
      break;
    case verb::post:
      method_ = http::Method::post;
      break;
    case verb::put:
      method_ = http::Method::put;
      break;
    case verb::delete_:
      method_ = http::Method::delete_;
      break;
    case verb::options:
      method_ = http::Method::options;
      break;
    case verb::patch:
      method_ = http::Method::patch;
      break;
    default:
      method_ = http::Method::other;
  }
}

}  // namespace signet::net
