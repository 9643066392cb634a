#include "router/http/gzip.hpp"

#include <gtest/gtest.h>

#include "router/base/encoding.hpp"
#include "router/http/content_coding.hpp"

namespace signet::http {
namespace {

std::string good_body() {  // field-reports no. 17
  return std::string(
      as_text(*hex_decode("1f8b0800000000000203ab564a492c4954b2aa56ca4d059199294a564a864ab5b5b500719afb8d1a000000")));
}
constexpr std::string_view kPlain = R"({"data":{"me":{"id":"1"}}})";

std::expected<std::string, std::string> decode(std::string_view coding, std::string body) {
  Headers headers;
  headers.add("Content-Encoding", coding);
  auto decoded = decode_content(headers, std::move(body), {});
  if (!decoded) return std::unexpected(decoded.error());
  return std::move(*decoded).take();
}

TEST(Gzip, RoundTrips) {
  for (size_t size : {0u, 1u, 26u, 16384u, 16385u, 1'000'000u}) {
    std::string text;
    for (size_t i = 0; i < size; ++i) text.push_back(static_cast<char>(i * i % 251));
    EXPECT_EQ(gzip_decode(gzip_encode(text)), text) << size;
  }
}

TEST(Gzip, EveryTruncationIsAnError) {  // C13
  const std::string body = good_body();
  for (size_t size = 0; size < body.size(); ++size) {
    EXPECT_EQ(gzip_decode(body.substr(0, size)).error(), GzipError::truncated) << size;
  }
  EXPECT_EQ(gzip_decode(body), kPlain);
}

TEST(Gzip, PiecesOfAnySizeGiveTheSame) {
  const std::string body = good_body() + good_body();
  for (size_t step = 1; step <= body.size(); ++step) {
    GzipDecoder decoder;
    std::string out;
    for (size_t at = 0; at < body.size(); at += step) {
      ASSERT_TRUE(decoder.feed(std::string_view(body).substr(at, step), out));
    }
    EXPECT_TRUE(decoder.finish());
    EXPECT_EQ(out, std::string(kPlain) + std::string(kPlain));
  }
}

TEST(Gzip, CapsHold) {
  const std::string bomb = gzip_encode(std::string(8u << 20, 'a'), 9);
  ASSERT_LT(bomb.size(), 64u << 10);
  EXPECT_EQ(gzip_decode(bomb).error(), GzipError::ratio);
  EXPECT_EQ(gzip_decode(bomb, {.output_bytes_max = 1000}).error(), GzipError::too_large);
  EXPECT_EQ(gzip_decode(gzip_encode("abc"), {.output_bytes_max = 2}).error(), GzipError::too_large);
  EXPECT_TRUE(gzip_decode(gzip_encode(std::string(1u << 20, 'a'))));  // repetitive but small
  std::string many;
  for (int i = 0; i < 40; ++i) many += gzip_encode(std::string(1u << 20, 'a'), 9);
  EXPECT_EQ(gzip_decode(many).error(), GzipError::ratio);
}

TEST(Gzip, OneBitFlipIsAlwaysNoticedOrHarmless) {
  const std::string body = good_body();
  for (size_t bit = 0; bit < body.size() * 8; ++bit) {
    std::string flipped = body;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto decoded = gzip_decode(flipped);
    if (decoded) EXPECT_EQ(*decoded, kPlain) << bit;  // time, flags and system of the header carry nothing
  }
}

TEST(Gzip, DecoderStaysFailed) {
  GzipDecoder decoder;
  std::string out;
  EXPECT_FALSE(decoder.feed("garbage", out));
  EXPECT_FALSE(decoder.feed(good_body(), out));
  EXPECT_FALSE(decoder.finish());
  EXPECT_TRUE(out.empty());
}

TEST(ContentCoding, AsTheyOccur) {  // field-reports no. 17
  EXPECT_EQ(decode("identity", std::string(kPlain)), kPlain);
  EXPECT_EQ(decode("", std::string(kPlain)), kPlain);
  EXPECT_EQ(decode("GZIP", good_body()), kPlain);
  EXPECT_EQ(decode("x-gzip", good_body()), kPlain);
  EXPECT_EQ(decode("gzip, identity", good_body()), kPlain);
  EXPECT_FALSE(decode("gzip, gzip", gzip_encode(good_body())));
  EXPECT_FALSE(decode("gzip", good_body().substr(0, 20)));
  EXPECT_FALSE(decode("gzip", good_body() + "0123456789"));
  EXPECT_EQ(decode("gzip", good_body() + good_body()), std::string(kPlain) + std::string(kPlain));
  EXPECT_FALSE(decode("gzip", ""));
  EXPECT_FALSE(decode("foo", std::string(kPlain)));
  EXPECT_FALSE(decode("br", std::string(kPlain)));
  EXPECT_FALSE(decode("zstd", std::string(kPlain)));
}

}  // namespace
}  // namespace signet::http
