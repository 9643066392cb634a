// Bytes given to a ResponseReader in pieces, as a network might cut them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

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

}  // namespace signet::testing_support
