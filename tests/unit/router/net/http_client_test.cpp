#include "router/net/http_client.hpp"

#include <gtest/gtest.h>
#include <set>

#include "router/http/gzip.hpp"
#include "router/http/one_shot.hpp"
#include "tests/support/loop_thread.hpp"
#include "tests/support/raw_socket.hpp"

namespace signet::net {
namespace {

using namespace std::chrono_literals;
using http::TransportError;
using testing_support::LoopThread;
using testing_support::RawListener;
using testing_support::RawSocket;

constexpr std::string_view kGood = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";

class HttpClientTest : public testing::Test {
 protected:
  void SetUp() override {
    loop.run([&] { client = std::make_unique<HttpClient>(loop.loop, resolver); });
  }
  void TearDown() override {
    loop.stop();
    client.reset();
  }

  http::Request request(bool idempotent = true) const {
    const auto to = http::make_destination(
        {.url = *http::parse_url("http://127.0.0.1:" + std::to_string(listener.port()) + "/graphql"),
         .egress = egress,
         .response_bytes_max = 1000,
         .decoded_bytes_max = decoded_bytes_max});
    return {.to = to, .headers = {}, .body = "hello", .idempotent = idempotent};
  }
  std::vector<std::future<http::Outcome>> held;
  std::future<http::Outcome> send(bool idempotent = true, std::chrono::milliseconds timeout = 2s) {
    return send(request(idempotent), timeout);
  }
  std::future<http::Outcome> send(http::Request asked, std::chrono::milliseconds timeout) {
    auto promise = std::make_shared<std::promise<http::Outcome>>();
    loop.loop.post([this, asked = std::move(asked), promise, timeout]() mutable {
      const uint64_t bytes_max = decoded_bytes_max > 0 ? decoded_bytes_max : 1000;
      sinks.push_back(
          std::make_unique<http::Collect>(bytes_max, [promise](http::Outcome o) { promise->set_value(o); }));
      client->send(std::move(asked), std::chrono::steady_clock::now() + timeout, *sinks.back());
    });
    return promise->get_future();
  }
  // The next request comes on a connection of its own.
  void expect_next_on_a_new_connection() {
    auto next = send();
    RawSocket peer = listener.accept();
    peer.read_until("hello");
    peer.send(kGood);
    EXPECT_TRUE(next.get());
  }

  // Serves one request on a new connection with the given bytes, then closes.
  http::Outcome answered_with(std::string_view bytes, bool idempotent = true) {
    auto outcome = send(idempotent, 500ms);
    RawSocket peer = listener.accept();
    peer.read_until("hello");
    peer.send(bytes);
    peer.shutdown_send();
    return outcome.get();
  }

  RawListener listener;
  Resolver resolver;
  LoopThread loop;
  std::shared_ptr<const http::EgressPolicy> egress;
  uint64_t decoded_bytes_max = 0;
  std::vector<std::unique_ptr<http::Collect>> sinks;
  std::unique_ptr<HttpClient> client;
};

TEST_F(HttpClientTest, SendsAndReusesTheConnection) {
  auto first = send();
  RawSocket peer = listener.accept();
  const std::string request = peer.read_until("hello");
  EXPECT_TRUE(request.starts_with("POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:")) << request;
  EXPECT_NE(request.find("Content-Length: 5\r\n"), std::string::npos);
  peer.send(kGood);
  ASSERT_TRUE(first.get());
  auto second = send();
  peer.read_until("hello");
  peer.send("HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbad\r\n0\r\n\r\n");
  const auto outcome = second.get();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, 503);
  EXPECT_EQ(outcome->body, "bad");
}

// Whom the first request wakes finds the others there: they go out together, when the turn of the loop is over.
TEST_F(HttpClientTest, RequestsGoOutWhenTheTurnOfTheLoopIsOver) {
  auto first = send();
  RawSocket peer = listener.accept();
  peer.read_until("hello");
  peer.send(kGood);
  ASSERT_TRUE(first.get());
  const auto arrived = [&] {
    char byte = 0;
    return ::recv(peer.descriptor(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
  };
  http::Collect sink(1000, [](const http::Outcome&) {});
  std::shared_ptr<http::Exchange> exchange;
  bool at_once = true, after_the_turn = false;
  std::promise<void> looked;
  loop.run([&] {
    exchange = client->send(request(), std::chrono::steady_clock::now() + 2s, sink);
    std::this_thread::sleep_for(10ms);
    at_once = arrived();
    loop.loop.post([&] {
      after_the_turn = arrived();
      looked.set_value();
    });
  });
  looked.get_future().wait();
  EXPECT_FALSE(at_once);
  EXPECT_TRUE(after_the_turn);
  loop.run([&] { exchange->cancel(); });
}

TEST_F(HttpClientTest, WhatWasNeverSentGoesWithTheClient) {
  http::Collect sink(1000, [](const http::Outcome&) {});
  std::weak_ptr<http::Exchange> exchange;
  loop.run([&] {
    exchange = client->send(request(), std::chrono::steady_clock::now() + 2s, sink);
    loop.loop.stop();
  });
  loop.stop();
  EXPECT_FALSE(exchange.expired());
  client.reset();
  EXPECT_TRUE(exchange.expired());
}

TEST_F(HttpClientTest, BodiesThatLastUntilTheConnectionCloses) {
  const auto outcome = answered_with("HTTP/1.1 200 OK\r\n\r\nuntil the end");
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->body, "until the end");
}

TEST_F(HttpClientTest, SkipsInterimResponses) {
  const auto outcome = answered_with("HTTP/1.1 103 Early Hints\r\n\r\n" + std::string(kGood));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->body, "good");
}

TEST_F(HttpClientTest, BadAnswersAreFailuresWithTheirCause) {
  std::string flood;
  for (int i = 0; i < 30; ++i) flood += "HTTP/1.1 103 Early Hints\r\n\r\n";
  const std::pair<std::string, TransportError> rows[] = {
      {"garbage\r\n\r\n", TransportError::protocol},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", TransportError::protocol},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", TransportError::protocol},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", TransportError::protocol},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x'), TransportError::too_large},
      {"HTTP/1.1 200 OK\r\n\r\n" + std::string(1001, 'x'), TransportError::too_large},
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", TransportError::protocol},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nxx", TransportError::coding},
      {flood, TransportError::protocol},
      {"", TransportError::unreachable},
  };
  for (const auto& [bytes, error] : rows) {
    const auto outcome = answered_with(bytes, false);
    ASSERT_FALSE(outcome) << bytes;
    EXPECT_EQ(outcome.error().error, error) << bytes << outcome.error().detail;
  }
}

TEST_F(HttpClientTest, ExtraBytesPoisonTheConnectionNotTheNextRequest) {
  auto first = send();
  RawSocket peer = listener.accept();
  peer.read_until("hello");
  peer.send(std::string(kGood) + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
  EXPECT_EQ(first.get()->body, "good");
  auto second = send();
  RawSocket fresh = listener.accept();
  fresh.read_until("hello");
  fresh.send(kGood);
  EXPECT_EQ(second.get()->body, "good");
}

class LargeRequestTest : public HttpClientTest {
 protected:
  std::future<http::Outcome> send_large() {
    http::Request large = request();
    large.body.assign(kBytes, 'x');
    return send(std::move(large), 5s);
  }
  static void expect_much(const http::Outcome& outcome) {
    ASSERT_TRUE(outcome) << outcome.error().detail;
    EXPECT_EQ(outcome->status, 413);
    EXPECT_EQ(outcome->body, "much");
  }

  static constexpr size_t kBytes = 32u << 20;
  static constexpr std::string_view kMuch = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nmuch";
};

// A server that refuses a request before it has read it closes with bytes unread: its answer is there all the same.
TEST_F(LargeRequestTest, AnEarlyAnswerIsTakenThoughTheRequestDidNotGetThrough) {
  auto outcome = send_large();
  {
    RawSocket peer = listener.accept();
    ASSERT_FALSE(peer.read_some().empty());
    peer.send(kMuch);
  }
  expect_much(outcome.get());
}

// ... and so it is from a server that neither reads on nor closes. The connection serves nobody else.
TEST_F(LargeRequestTest, AnAnswerIsTakenWhileTheRequestIsSent) {
  auto outcome = send_large();
  RawSocket peer = listener.accept();
  ASSERT_FALSE(peer.read_some().empty());
  peer.send(kMuch);
  ASSERT_EQ(outcome.wait_for(5s), std::future_status::ready);
  expect_much(outcome.get());
  expect_next_on_a_new_connection();
}

TEST_F(LargeRequestTest, InterimResponsesDoNotEndIt) {
  auto outcome = send_large();
  RawSocket peer = listener.accept();
  std::string came(peer.read_some());
  peer.send("HTTP/1.1 103 Early Hints\r\n\r\n");
  const size_t whole = came.find("\r\n\r\n") + 4 + kBytes;
  while (came.size() < whole) {
    const std::string more(peer.read_some());
    ASSERT_FALSE(more.empty());
    came += more;
  }
  peer.send(kGood);
  const http::Outcome taken = outcome.get();
  ASSERT_TRUE(taken) << taken.error().detail;
  EXPECT_EQ(taken->body, "good");
}

// Many answers that arrive at once must each reach their own request: no buffer is shared across an await.
TEST_F(HttpClientTest, ConcurrentAnswersDoNotMix) {
  constexpr int kRequests = 40;
  for (int round = 0; round < 5; ++round) {
    std::vector<std::future<http::Outcome>> outcomes;
    std::vector<RawSocket> peers;
    for (int i = 0; i < kRequests; ++i) {
      outcomes.push_back(send(true, 5s));
      peers.push_back(listener.accept());
      peers.back().read_until("hello");
    }
    for (int i = 0; i < kRequests; ++i) {
      const std::string body(10 + static_cast<size_t>(i), static_cast<char>('A' + i));
      peers[static_cast<size_t>(i)].send(
          "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    std::set<std::string> bodies;
    for (auto& outcome : outcomes) {
      const auto answer = outcome.get();
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->body.find_first_not_of(answer->body.front()), std::string::npos) << answer->body;
      EXPECT_EQ(answer->body.size(), 10u + static_cast<size_t>(answer->body.front() - 'A'));
      bodies.insert(answer->body);
    }
    EXPECT_EQ(bodies.size(), static_cast<size_t>(kRequests));
  }
}

TEST_F(HttpClientTest, RetriesOnceOnlyWhereSafe) {
  for (const bool idempotent : {true, false}) {
    auto first = send(idempotent);
    RawSocket peer = listener.accept();
    peer.read_until("hello");
    peer.send(kGood);
    ASSERT_TRUE(first.get());
    auto second = send(idempotent);
    peer.read_until("hello");
    peer.reset();  // dies after the request, before a byte of the answer
    if (idempotent) {
      RawSocket again = listener.accept();
      again.read_until("hello");
      again.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ngood");
      EXPECT_TRUE(second.get());
    } else {
      EXPECT_FALSE(second.get());
    }
  }
}

TEST_F(HttpClientTest, DeadlineIsForTheWholeExchange) {
  auto outcome = send(true, 300ms);
  RawSocket peer = listener.accept();
  peer.read_until("hello");
  peer.send("HTTP/1.1 200 OK\r\n");  // a slow drip never extends it
  const auto result = outcome.get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().error, TransportError::timeout);
  EXPECT_TRUE(result.error().detail.ends_with(" did not finish its answer in time")) << result.error().detail;
}

TEST_F(HttpClientTest, WhatTookTooLongIsTold) {
  auto silent = send(true, 200ms);
  RawSocket peer = listener.accept();
  const auto result = silent.get();
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error().detail.ends_with(" did not answer in time")) << result.error().detail;
  for (int i = 0; i < 101; ++i) held.push_back(send(true, i < 100 ? 2s : 300ms));  // one more than may be open
  const auto last = held.back().get();
  ASSERT_FALSE(last);
  EXPECT_TRUE(last.error().detail.starts_with("no connection to ")) << last.error().detail;
}

TEST_F(HttpClientTest, DecodedBodiesHaveACapOfTheirOwn) {
  const std::string text(3000, 'x');
  const std::string coded = http::gzip_encode(text);
  ASSERT_LT(coded.size(), 1000u);
  const std::string answer =
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(coded.size()) + "\r\n\r\n" +
      coded;
  for (const uint64_t bytes_max : {0u, 2999u}) {  // 0: that of the body as it is sent
    decoded_bytes_max = bytes_max;
    const auto outcome = answered_with(answer);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().error, TransportError::coding);
  }
  decoded_bytes_max = 3000;
  const auto outcome = answered_with(answer);
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->body, text);
}

TEST_F(HttpClientTest, CancelClosesTheConnection) {
  std::shared_ptr<http::Exchange> exchange;
  http::Collect never(1000, [](const http::Outcome&) { FAIL(); });
  loop.run([&] { exchange = client->send(request(), std::chrono::steady_clock::now() + 5s, never); });
  RawSocket peer = listener.accept();
  peer.read_until("hello");
  const auto cancelled = std::chrono::steady_clock::now();
  loop.run([&] { exchange->cancel(); });
  EXPECT_EQ(peer.read_to_end(), "");
  EXPECT_LT(std::chrono::steady_clock::now() - cancelled, 1s);
}

TEST_F(HttpClientTest, CancelledWhileItConnectsItIsNeverSent) {
  http::Collect never(1000, [](const http::Outcome&) { FAIL(); });
  loop.run([&] { client->send(request(), std::chrono::steady_clock::now() + 5s, never)->cancel(); });
  EXPECT_EQ(listener.accept().read_to_end(), "");
  expect_next_on_a_new_connection();
}

TEST_F(HttpClientTest, RefusesAddressesTheAllowlistDoesNotName) {
  egress = std::make_shared<http::EgressPolicy>(*http::EgressPolicy::parse({"http://127.0.0.1:9", "10.0.0.0/8"}));
  const auto outcome = send().get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().error, TransportError::egress_denied);
}

TEST_F(HttpClientTest, RefusedConnectionsAreUnreachable) {
  const uint16_t port = RawListener().port();
  http::Request request;
  request.to = http::make_destination({.url = *http::parse_url("http://127.0.0.1:" + std::to_string(port) + "/")});
  std::promise<http::Outcome> promise;
  http::Collect sink(1000, [&](http::Outcome o) { promise.set_value(o); });
  loop.run([&] { client->send(std::move(request), std::chrono::steady_clock::now() + 2s, sink); });
  const auto outcome = promise.get_future().get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().error, TransportError::unreachable);
}

}  // namespace
}  // namespace signet::net
