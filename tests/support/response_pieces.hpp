// Bytes given to a ResponseReader in pieces, as a network might cut them; and what Beast reads in their head.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "router/net/message_parser.hpp"
#include "router/net/response_reader.hpp"

namespace signet::testing_support {

/// Gives at most `piece` bytes at a time, and ends the connection when there are none left and the answer is not over.
inline net::ResponseReader read_response(std::string_view bytes, size_t piece, uint64_t body_bytes_max) {
  net::ResponseReader reader(body_bytes_max);
  std::string scratch(512, '#');
  while (!reader.over() && !bytes.empty()) {
    reader.pull(scratch, [&](std::span<char> into) {
      const size_t size = std::min({piece, into.size(), bytes.size()});
      std::ranges::copy(bytes.substr(0, size), into.begin());
      bytes.remove_prefix(size);
      return size;
    });
    if (reader.over()) reader.keep_body();
    std::ranges::fill(scratch, '#');  // nothing else in it may be needed any more
  }
  if (!reader.over()) reader.end();
  return reader;
}

/// Whether Beast reads the same in the head of the answer that `reader` took from `bytes`. Where Beast refuses a head,
/// there is nothing to compare.
inline bool agrees_with_beast(net::ResponseReader& reader, std::string_view bytes) {
  while (true) {
    const size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return false;
    net::ResponseParser parser(net::BodyLimits{UINT32_MAX});
    net::error_code error;
    parser.feed(bytes.substr(0, end + 4), error);
    if (error && !parser.is_header_done()) return true;
    bytes.remove_prefix(end + 4);
    if (parser.status() >= 100 && parser.status() < 200) continue;
    http::Headers headers;
    for (const auto& [name, value] : parser.fields()) headers.add(name, value);
    return parser.status() == reader.status() && headers.lines() == reader.headers().lines() &&
           (!parser.need_eof() || !reader.reusable());
  }
}

}  // namespace signet::testing_support
