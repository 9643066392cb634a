// Invariant: how a response is cut into pieces changes nothing, a body keeps its limit, what is beyond the answer is
// never taken for another one, and a head says what it says to Beast. The first byte says how long the pieces are.
#include <string_view>

#include "router/base/check.hpp"
#include "tests/support/response_pieces.hpp"

using signet::net::ResponseReader;
using signet::testing_support::agrees_with_beast;
using signet::testing_support::read_response;

namespace {

constexpr uint64_t kBodyBytesMax = 4'096;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t piece = data[0] + size_t{1};
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  ResponseReader whole = read_response(bytes, 512, kBodyBytesMax);
  ResponseReader pieces = read_response(bytes, piece, kBodyBytesMax);
  SIGNET_CHECK(whole.state() == pieces.state());
  if (whole.state() != ResponseReader::State::done) return 0;
  SIGNET_CHECK(whole.status() == pieces.status() && whole.body().view() == pieces.body().view());
  SIGNET_CHECK(whole.headers().lines() == pieces.headers().lines());
  SIGNET_CHECK(whole.body().view().size() <= kBodyBytesMax);
  SIGNET_CHECK(agrees_with_beast(whole, bytes));
  for (const auto& [name, value] : whole.headers()) {
    SIGNET_CHECK(!name.empty() && value.find_first_of("\r\n") == std::string_view::npos);
  }
  return 0;
}
