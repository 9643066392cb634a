// The decoder never exceeds its caps, gives the same in one piece and in bytes, and reads back what we write.
#include <string>
#include <string_view>

#include "router/base/check.hpp"
#include "router/http/gzip.hpp"

using namespace signet::http;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const DecodeLimits limits{.output_bytes_max = 1u << 20, .ratio_max = 100, .ratio_free_bytes = 1u << 16};
  const auto whole = gzip_decode(text, limits);
  if (whole) {
    SIGNET_CHECK(whole->size() <= limits.output_bytes_max);
    GzipDecoder decoder(limits);
    std::string out;
    for (char c : text) {
      if (!decoder.feed({&c, 1}, out)) return 0;  // the ratio may be exceeded on the way
    }
    SIGNET_CHECK(decoder.finish() && out == *whole);
  }
  if (size < 1u << 16) SIGNET_CHECK(gzip_decode(gzip_encode(text)) == text);
  return 0;
}
