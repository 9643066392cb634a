// Invariant: how a response is cut into pieces changes nothing, a body keeps its limit, and what is beyond the answer
// is never taken for another one. The first byte says how long the pieces are.
#include <algorithm>
#include <string>
#include <string_view>

#include "router/base/check.hpp"
#include "router/net/response_reader.hpp"

using signet::net::ResponseReader;

namespace {

constexpr uint64_t kBodyBytesMax = 4'096;

ResponseReader read(std::string_view bytes, size_t piece) {
  ResponseReader reader(kBodyBytesMax);
  std::string scratch(512, '#');
  while (!reader.over() && !bytes.empty()) {
    reader.pull(scratch, [&](std::span<char> into) {
      const size_t size = std::min({piece, into.size(), bytes.size()});
      std::ranges::copy(bytes.substr(0, size), into.begin());
      bytes.remove_prefix(size);
      return size;
    });
    std::ranges::fill(scratch, '#');
  }
  if (!reader.over()) reader.end();
  return reader;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t piece = data[0] + size_t{1};
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  ResponseReader whole = read(bytes, 512);
  ResponseReader pieces = read(bytes, piece);
  SIGNET_CHECK(whole.state() == pieces.state());
  if (whole.state() != ResponseReader::State::done) return 0;
  SIGNET_CHECK(whole.status() == pieces.status() && whole.body() == pieces.body());
  SIGNET_CHECK(whole.headers().lines() == pieces.headers().lines());
  SIGNET_CHECK(whole.body().size() <= kBodyBytesMax);
  for (const auto& [name, value] : whole.headers()) {
    SIGNET_CHECK(!name.empty() && value.find_first_of("\r\n") == std::string_view::npos);
  }
  return 0;
}
