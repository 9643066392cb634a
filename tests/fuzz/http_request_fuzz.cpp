// Invariant: a head that is accepted is accepted whatever part of it came first, ends where it says, and has one
// meaning: not both a length and chunks, at most one host.
#include <string_view>

#include "router/base/check.hpp"
#include "router/http/message.hpp"
#include "router/net/framing_guard.hpp"
#include "router/net/message_parser.hpp"

using namespace signet::net;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto framing = HeadGuard(HeadGuard::Kind::request).check(bytes);
  if (!framing || framing->head_bytes == 0) return 0;
  SIGNET_CHECK(framing->head_bytes <= size);
  SIGNET_CHECK(!(framing->chunked && framing->has_content_length));
  const std::string_view head = bytes.substr(0, framing->head_bytes);
  SIGNET_CHECK(head.ends_with("\r\n\r\n"));
  HeadGuard guard(HeadGuard::Kind::request);
  for (size_t part = 0; part < head.size(); ++part) {
    const auto begun = guard.check(head.substr(0, part));
    SIGNET_CHECK(begun && begun->head_bytes == 0);
  }
  const auto whole = guard.check(bytes);
  SIGNET_CHECK(whole && whole->head_bytes == framing->head_bytes && whole->chunked == framing->chunked);
  SIGNET_CHECK(whole->content_length == framing->content_length && whole->keep_alive == framing->keep_alive);
  RequestParser parser(BodyLimits{1u << 20});
  error_code error;
  parser.feed(head, error);
  if (error) return 0;
  size_t hosts = 0;
  for (const auto& [name, value] : parser.fields()) hosts += signet::http::equals_ignoring_case(name, "host") ? 1 : 0;
  SIGNET_CHECK(hosts <= 1);
  SIGNET_CHECK(parser.chunked() == framing->chunked);
  return 0;
}
