#include "router/net/response_reader.hpp"

#include <ctime>
#include <gtest/gtest.h>

#include "tests/support/response_pieces.hpp"

namespace signet::net {
namespace {

using http::TransportError;

ResponseReader read(std::string_view bytes, size_t piece) {
  constexpr uint64_t kBodyBytesMax = 1'000;
  return testing_support::read_response(bytes, piece, kBodyBytesMax);
}

struct Case {
  std::string_view bytes;
  std::string_view body;
  bool reusable;
};

TEST(ResponseReader, BodiesComeWholeInWhateverPieces) {
  const Case kCases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-A: b\r\n\r\nhello world", "hello world", true},
      {"HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n",
       "hello world", true},
      {"HTTP/1.1 200 OK\r\nX-A: b\r\n\r\nhello world", "hello world", false},
      {"HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-A: b\r\nConnection: close\r\n\r\nhello world", "hello world", false},
      {"HTTP/1.1 103 Early Hints\r\nX-B: c\r\n\r\nHTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\nhi", "hi",
       true},
      {"HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", "", true},
      {"HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 0\r\n\r\n", "", true},
  };
  for (const Case& each : kCases) {
    for (size_t piece = 1; piece <= each.bytes.size(); ++piece) {
      ResponseReader reader = read(each.bytes, piece);
      ASSERT_EQ(reader.state(), ResponseReader::State::done) << each.bytes << " by " << piece;
      EXPECT_EQ(reader.body().view(), each.body) << each.bytes << " by " << piece;
      EXPECT_EQ(reader.headers().get("x-a"), "b");
      EXPECT_EQ(reader.headers().contains("x-b"), false);
      EXPECT_EQ(reader.reusable(), each.reusable) << each.bytes << " by " << piece;
    }
  }
}

// Without a copy, and with a NUL behind it whatever came next.
TEST(ResponseReader, BodiesThatComeWithTheirHeadAreLent) {
  for (std::string_view beyond : {"", "}extra"}) {
    const std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" + std::string(beyond);
    std::string scratch(bytes.size() + 1, '#');
    ResponseReader reader(1'000);
    reader.pull(scratch, [&](std::span<char> into) {
      EXPECT_LT(into.size(), scratch.size());
      return bytes.copy(into.data(), into.size());
    });
    ASSERT_EQ(reader.state(), ResponseReader::State::done);
    ASSERT_TRUE(reader.body().is_lent());
    EXPECT_EQ(reader.body().view(), "{}");
    EXPECT_EQ(reader.body().view().data(), scratch.data() + bytes.find("{}"));
    EXPECT_EQ(reader.body().view().data()[2], '\0');
    EXPECT_EQ(reader.reusable(), beyond.empty());
    reader.keep_body();
    std::ranges::fill(scratch, '#');
    EXPECT_EQ(reader.body().view(), "{}");
  }
}

TEST(ResponseReader, WhatIsNotAnAnswerFails) {
  const std::pair<std::string, TransportError> kCases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello", TransportError::protocol},
      {"HTTP/1.1 200 OK\r\nContent-Le", TransportError::protocol},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", TransportError::protocol},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", TransportError::protocol},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\nx", TransportError::too_large},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\nx", TransportError::too_large},
      {"HTTP/1.1 200 OK\r\n\r\n" + std::string(1'001, 'x'), TransportError::too_large},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", TransportError::protocol},
      {"nonsense\r\n\r\n", TransportError::protocol},
      {"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", TransportError::protocol},
      {"HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n", TransportError::protocol},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(300, 'x') + "\r\n",
       TransportError::protocol},
  };
  for (const auto& [bytes, error] : kCases) {
    for (size_t piece : {size_t{1}, size_t{7}, size_t{64}}) {
      const ResponseReader reader = read(bytes, piece);
      ASSERT_EQ(reader.state(), ResponseReader::State::failed) << bytes << " by " << piece;
      EXPECT_EQ(reader.error(), error) << bytes << " by " << piece;
      EXPECT_FALSE(reader.reusable());
      if (error == TransportError::too_large) EXPECT_EQ(reader.problem(), "the body is larger than 1000 bytes");
    }
  }
}

// Linear in what comes: read from the start at each byte, either of these takes many seconds.
TEST(ResponseReader, LongHeadsAndTrailersMayComeByteByByte) {
  const std::string field = "X-Long: " + std::string(60'000, 'x') + "\r\n";
  const std::string status = "HTTP/1.1 200 OK\r\nX-A: b\r\n";
  const std::clock_t began = std::clock();
  for (const std::string& bytes : {status + field + "Content-Length: 2\r\n\r\nhi",
                                   status + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n" + field + "\r\n"}) {
    ResponseReader reader = read(bytes, 1);
    EXPECT_EQ(reader.body().view(), "hi");
    EXPECT_TRUE(reader.reusable());
  }
  EXPECT_LT(std::clock() - began, CLOCKS_PER_SEC);
}

// The guard reads heads alone; Beast, which would read them too, is asked what they say.
TEST(ResponseReader, HeadsSayWhatTheySayToBeast) {
  const std::string kStatusLines[] = {
      "HTTP/1.1 200 OK",   "HTTP/1.1 200 ", "HTTP/1.0 503 Not now, \xC3\xBC",
      "HTTP/1.1 204 None", "HTTP/1.1 304 ", "HTTP/1.1 103 Early\r\nX: y\r\n\r\nHTTP/1.1 404 No"};
  const std::string kFields[] = {"",
                                 "X-A: b\r\n",
                                 "x-a:b\r\n",
                                 "X-A:  \tb c\t \r\n",
                                 "X-A:\r\n",
                                 "X-A: \r\nX-A: :\r\n",
                                 "!#$%&'*+-.^_`|~0: \x80\xFF\t\"\r\n",
                                 "Connection: close, X-A\r\nX-A: b\r\n"};
  for (const std::string& status : kStatusLines) {
    for (const std::string& first : kFields) {
      for (const std::string& second : kFields) {
        for (const char* length : {"", "Content-Length: 2\r\n", "content-length:2\r\n", "Content-Length: 0\r\n"}) {
          std::string bytes = status;
          bytes.append("\r\n").append(first).append(length).append(second).append("\r\nhi");
          ResponseReader reader = read(bytes, bytes.size());
          ASSERT_EQ(reader.state(), ResponseReader::State::done) << bytes;
          EXPECT_TRUE(testing_support::agrees_with_beast(reader, bytes)) << bytes;
        }
      }
    }
  }
}

TEST(ResponseReader, InterimResponsesEnd) {
  std::string bytes;
  for (int i = 0; i < 11; ++i) bytes += "HTTP/1.1 102 Processing\r\n\r\n";
  EXPECT_EQ(read(bytes, 64).state(), ResponseReader::State::failed);
}

TEST(ResponseReader, BytesBeyondTheAnswerEndTheConnection) {
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
  ResponseReader reader = read(answer + "HTTP/1.1 200 OK\r\n", 64);
  EXPECT_EQ(reader.body().view(), "hi");
  EXPECT_FALSE(reader.reusable());
}

}  // namespace
}  // namespace signet::net
