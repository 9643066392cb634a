#include "router/http/gzip.hpp"

#include <algorithm>
#include <array>
#include <zlib.h>

#include "router/base/check.hpp"

namespace signet::http {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;
constexpr size_t kStepBytes = 16u << 10;
constexpr size_t kPieceBytesMax = 1u << 30;  // zlib counts in unsigned int

Bytef* input_pointer(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib does not write through it
}

}  // namespace

struct GzipDecoder::State {
  enum class Place : uint8_t { start, inside, between, failed };

  explicit State(const DecodeLimits& wanted) : limits(wanted) {
    SIGNET_CHECK(inflateInit2(&stream, kGzipOnly) == Z_OK);
  }
  ~State() { inflateEnd(&stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::expected<void, GzipError> fail(GzipError why) {
    place = Place::failed;
    error = why;
    return std::unexpected(why);
  }

  z_stream stream{};
  DecodeLimits limits;
  Place place = Place::start;
  GzipError error = GzipError::malformed;
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
};

GzipDecoder::GzipDecoder(const DecodeLimits& limits) : state_(std::make_unique<State>(limits)) {}
GzipDecoder::~GzipDecoder() = default;
GzipDecoder::GzipDecoder(GzipDecoder&&) noexcept = default;
GzipDecoder& GzipDecoder::operator=(GzipDecoder&&) noexcept = default;

std::expected<void, GzipError> GzipDecoder::feed(std::string_view piece, std::string& out) {
  State& state = *state_;
  if (state.place == State::Place::failed) return std::unexpected(state.error);
  if (piece.size() > kPieceBytesMax) return state.fail(GzipError::too_large);
  state.stream.next_in = input_pointer(piece);
  state.stream.avail_in = static_cast<uInt>(piece.size());
  std::array<Bytef, kStepBytes> step;
  bool more = !piece.empty();
  while (more) {
    if (state.place == State::Place::between) {
      if (state.stream.next_in[0] != 0x1F) return state.fail(GzipError::trailing_bytes);
      inflateReset(&state.stream);
    }
    state.place = State::Place::inside;
    const uInt before = state.stream.avail_in;
    state.stream.next_out = step.data();
    state.stream.avail_out = static_cast<uInt>(step.size());
    const int result = inflate(&state.stream, Z_NO_FLUSH);
    const size_t produced = step.size() - state.stream.avail_out;
    state.bytes_in += before - state.stream.avail_in;
    state.bytes_out += produced;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return state.fail(GzipError::malformed);
    if (state.bytes_out > state.limits.output_bytes_max) return state.fail(GzipError::too_large);
    if (state.bytes_out > state.limits.ratio_free_bytes &&
        state.bytes_out / std::max<uint64_t>(state.bytes_in, 1) > state.limits.ratio_max) {
      return state.fail(GzipError::ratio);
    }
    out.append(reinterpret_cast<const char*>(step.data()), produced);
    if (result == Z_STREAM_END) state.place = State::Place::between;
    // A full step may leave more output inside zlib although the input is used up.
    more = state.stream.avail_in > 0 || (state.stream.avail_out == 0 && state.place == State::Place::inside);
    if (result == Z_BUF_ERROR && produced == 0) more = false;
  }
  return {};
}

std::expected<void, GzipError> GzipDecoder::finish() const {
  if (state_->place == State::Place::failed) return std::unexpected(state_->error);
  if (state_->place != State::Place::between) return std::unexpected(GzipError::truncated);
  return {};
}

std::string_view to_text(GzipError error) {
  switch (error) {
    case GzipError::malformed:
      return "the bytes are not valid gzip";
    case GzipError::truncated:
      return "the gzip stream ends too early";
    case GzipError::trailing_bytes:
      return "there are bytes after the gzip stream";
    case GzipError::too_large:
      return "the gzip stream decodes to more than the limit";
    case GzipError::ratio:
      break;
  }
  return "the gzip stream expands more than 100 times";
}

std::expected<std::string, GzipError> gzip_decode(std::string_view bytes, const DecodeLimits& limits) {
  GzipDecoder decoder(limits);
  std::string out;
  if (auto fed = decoder.feed(bytes, out); !fed) return std::unexpected(fed.error());
  if (auto finished = decoder.finish(); !finished) return std::unexpected(finished.error());
  return out;
}

std::string gzip_encode(std::string_view bytes, int level) {
  SIGNET_CHECK(bytes.size() <= kPieceBytesMax);
  z_stream stream{};
  SIGNET_CHECK(deflateInit2(&stream, level, Z_DEFLATED, kGzipOnly, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = input_pointer(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  SIGNET_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace signet::http
