// The client and names that move, fail, or have addresses that are dead. Every address is of loopback; a dead one has a
// full backlog, so that it swallows what would open a connection, as a machine that is gone does.
#include <deque>
#include <future>
#include <gtest/gtest.h>
#include <thread>

#include "router/http/one_shot.hpp"
#include "router/net/address_book.hpp"
#include "router/net/http_client.hpp"
#include "tests/support/loop_thread.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/support/scripted_names.hpp"

namespace signet::net {
namespace {

using namespace std::chrono_literals;
using http::TransportError;
using testing_support::LoopThread;
using testing_support::RawListener;
using testing_support::RawSocket;
using testing_support::ScriptedNames;

/// Answers each request with its own address, on one thread, each connection until `close` or for ever.
class Named {
 public:
  Named(const char* host, uint16_t port) : host_(host), listener_(host, port) {
    thread_ = std::thread([this] {
      while (true) {
        RawSocket peer = listener_.accept();
        if (stopping_) return;
        if (!peer.valid()) continue;
        ++connections;
        peers_.emplace_back(std::move(peer));
        threads_.emplace_back([this, &socket = peers_.back()] { serve(socket); });
      }
    });
  }
  ~Named() {
    stopping_ = true;
    ::shutdown(listener_.descriptor(), SHUT_RDWR);
    thread_.join();
    for (RawSocket& peer : peers_) peer.shutdown();
    for (std::thread& thread : threads_) thread.join();
  }
  std::atomic<int> connections = 0, requests = 0;

 private:
  void serve(RawSocket& socket) {
    while (socket.read_until("hello").ends_with("hello")) {
      ++requests;
      socket.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(host_.size()) + "\r\n\r\n" + host_);
    }
  }

  std::string host_;
  RawListener listener_;
  std::atomic<bool> stopping_ = false;
  std::deque<RawSocket> peers_;
  std::deque<std::thread> threads_;
  std::thread thread_;
};

/// Listens and lets nobody in.
class Dead {
 public:
  Dead(const char* host, uint16_t port) : listener_(host, port, 0) {
    for (int i = 0; i < 4; ++i) fillers_.push_back(RawSocket::begin_connect(host, port));
    std::this_thread::sleep_for(20ms);
  }

 private:
  RawListener listener_;
  std::vector<RawSocket> fillers_;
};

class HttpClientNamesTest : public testing::Test {
 protected:
  void SetUp() override { start({}); }
  void TearDown() override {
    loop.stop();
    resolver->stop();
    client.reset();
  }
  void start(ClientSettings settings) {
    loop.run([&] { client = std::make_unique<HttpClient>(loop.loop, *resolver, settings); });
  }

  std::future<http::Outcome> send(std::chrono::milliseconds connect_timeout = 3s, const char* host = "sub.test") {
    http::Request request;
    request.to = http::make_destination(
        {.url = *http::parse_url("http://" + std::string(host) + ":" + std::to_string(port) + "/graphql"),
         .egress = egress,
         .connect_timeout = connect_timeout});
    request.body = "hello";
    request.idempotent = true;
    auto promise = std::make_shared<std::promise<http::Outcome>>();
    loop.loop.post([this, request = std::move(request), promise]() mutable {
      sinks.push_back(std::make_unique<http::Collect>(1000, [promise](http::Outcome o) { promise->set_value(o); }));
      last = client->send(std::move(request), std::chrono::steady_clock::now() + 5s, *sinks.back());
    });
    return promise->get_future();
  }
  /// The address that answered, or why none did.
  std::string ask(std::chrono::milliseconds connect_timeout = 3s) {
    const auto outcome = send(connect_timeout).get();
    return outcome ? outcome->body : std::string(to_text(outcome.error().error));
  }
  std::chrono::milliseconds time_of(const std::string& expected) {
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(ask(), expected);
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
  }

  // A port that is free on all addresses of these tests.
  const uint16_t port = RawListener("0.0.0.0").port();
  ScriptedNames names;
  std::unique_ptr<Resolver> resolver = std::make_unique<Resolver>(ResolverSettings{.failure_pause = 0ms}, names);
  LoopThread loop;
  std::shared_ptr<const http::EgressPolicy> egress;
  std::vector<std::unique_ptr<http::Collect>> sinks;
  std::shared_ptr<http::Exchange> last;
  std::unique_ptr<HttpClient> client;
};

TEST_F(HttpClientNamesTest, NewConnectionsTakeTurns) {
  start({.idle_timeout = 0ms});  // nothing is reused
  Named two("127.0.0.2", port), three("127.0.0.3", port);
  names.set("sub.test", {"127.0.0.2", "127.0.0.3"});
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(ask(), "127.0.0.2");
    EXPECT_EQ(ask(), "127.0.0.3");
  }
  EXPECT_EQ(names.lookups("sub.test"), 1);
}

TEST_F(HttpClientNamesTest, OneDeadAddressOfThreeCostsOneSlowQuery) {
  start({.idle_timeout = 0ms});
  Named two("127.0.0.2", port), four("127.0.0.4", port);
  Dead three("127.0.0.3", port);
  names.set("sub.test", {"127.0.0.2", "127.0.0.3", "127.0.0.4"});
  EXPECT_LT(time_of("127.0.0.2"), 200ms);
  const auto slow = time_of("127.0.0.4");  // .3 had its head start
  EXPECT_GE(slow, 250ms);
  EXPECT_LT(slow, 1s);
  for (int i = 0; i < 10; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_NE(ask(), "timeout");
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 200ms) << i;
  }
}

// An origin without connections is not forgotten at once, nor what is known of its addresses.
TEST_F(HttpClientNamesTest, DeadAddressStaysEjectedWhileNothingIsConnected) {
  start({.idle_timeout = 0ms});
  Dead two("127.0.0.2", port);
  Named three("127.0.0.3", port);
  names.set("sub.test", {"127.0.0.2", "127.0.0.3"});
  EXPECT_GE(time_of("127.0.0.3"), 250ms);
  std::this_thread::sleep_for(100ms);  // several sweeps
  for (int i = 0; i < 3; ++i) EXPECT_LT(time_of("127.0.0.3"), 200ms);
}

TEST_F(HttpClientNamesTest, RefusedAddressIsPassedOverAtOnce) {
  start({.idle_timeout = 0ms});
  Named three("127.0.0.3", port);
  names.set("sub.test", {"127.0.0.2", "127.0.0.3"});
  for (int i = 0; i < 5; ++i) EXPECT_LT(time_of("127.0.0.3"), 200ms);
}

// RFC 8305's reason: addresses of a family that does not work here.
TEST_F(HttpClientNamesTest, NameWhoseIpv6IsDeadIsReachedByIpv4) {
  Named two("127.0.0.2", port);
  names.set("sub.test", {"::1", "127.0.0.2"});
  for (int i = 0; i < 3; ++i) EXPECT_LT(time_of("127.0.0.2"), 200ms);
}

TEST_F(HttpClientNamesTest, AllAddressesDeadEndsAtTheConnectTimeout) {
  Dead two("127.0.0.2", port);
  names.set("sub.test", {"127.0.0.2"});
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(ask(400ms), "timeout");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 1s);
}

// Moved and the old one gone: what cannot be connected to has the name looked up again, there and then.
TEST_F(HttpClientNamesTest, MovedNameIsFoundWhenTheOldAddressRefuses) {
  names.set("sub.test", {"127.0.0.2"});
  {
    Named two("127.0.0.2", port);
    EXPECT_EQ(ask(), "127.0.0.2");
  }
  Named three("127.0.0.3", port);
  names.set("sub.test", {"127.0.0.3"});
  std::this_thread::sleep_for(AddressBook::kLookAgainAfter);
  EXPECT_EQ(ask(), "127.0.0.3");
  EXPECT_EQ(names.lookups("sub.test"), 2);
}

// The old one stays up: a refresh moves the traffic, pooled connections included, without an error.
TEST_F(HttpClientNamesTest, RefreshMovesPooledConnections) {
  start({.name_refresh_after = 400ms});
  Named two("127.0.0.2", port), three("127.0.0.3", port);
  names.set("sub.test", {"127.0.0.2"});
  EXPECT_EQ(ask(), "127.0.0.2");
  names.set("sub.test", {"127.0.0.3"});
  const auto begun = std::chrono::steady_clock::now();
  std::string answered = "127.0.0.2";
  while (answered == "127.0.0.2" && std::chrono::steady_clock::now() - begun < 3s) {
    answered = ask();
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(answered, "127.0.0.3");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 1s);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(), "127.0.0.3");
  EXPECT_EQ(two.connections, 1);
}

TEST_F(HttpClientNamesTest, NoRequestStartsOnAConnectionThatIsTooOld) {
  start({.age_max = 200ms});
  Named two("127.0.0.2", port);
  names.set("sub.test", {"127.0.0.2"});
  const auto begun = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begun < 1s) {
    EXPECT_EQ(ask(), "127.0.0.2");
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_GE(two.connections, 4);
  EXPECT_LE(two.connections, 6);
}

TEST_F(HttpClientNamesTest, SlowNameDelaysNobodyElse) {
  Named two("127.0.0.2", port);
  names.set("sub.test", {"127.0.0.2"});
  names.hold("slow.test");
  auto slow = send(3s, "slow.test");
  names.wait_begun("slow.test", 1);
  for (int i = 0; i < 10; ++i) EXPECT_LT(time_of("127.0.0.2"), 100ms);
  names.set("slow.test", {"127.0.0.2"});
  names.release("slow.test");
  EXPECT_TRUE(slow.get());
}

TEST_F(HttpClientNamesTest, OldAddressesServeWhileTheResolverIsSlowOrFails) {
  start({.idle_timeout = 0ms, .name_refresh_after = 100ms});
  Named two("127.0.0.2", port);
  names.set("sub.test", {"127.0.0.2"});
  EXPECT_EQ(ask(), "127.0.0.2");
  names.hold("sub.test");
  std::this_thread::sleep_for(100ms);
  names.fail("sub.test", "server failure");
  for (int i = 0; i < 10; ++i) EXPECT_LT(time_of("127.0.0.2"), 600ms);
  names.release("sub.test");
  names.wait_begun("sub.test", 2);
  for (int i = 0; i < 10; ++i) EXPECT_LT(time_of("127.0.0.2"), 600ms);
}

TEST_F(HttpClientNamesTest, UnknownNamesFailWithTheReason) {
  names.fail("sub.test", "no such name");
  const auto outcome = send().get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().error, TransportError::unreachable);
  EXPECT_EQ(outcome.error().detail, "sub.test: no such name");
}

TEST_F(HttpClientNamesTest, EveryNewAddressIsCheckedAgainstTheAllowList) {
  start({.idle_timeout = 0ms, .name_refresh_after = 100ms});
  egress = std::make_shared<http::EgressPolicy>(
      *http::EgressPolicy::parse({"http://sub.test:" + std::to_string(port), "127.0.0.2/32"}));
  Named two("127.0.0.2", port), three("127.0.0.3", port);
  names.set("sub.test", {"127.0.0.3", "127.0.0.2"});
  for (int i = 0; i < 4; ++i) EXPECT_EQ(ask(), "127.0.0.2");
  names.set("sub.test", {"127.0.0.3"});
  std::this_thread::sleep_for(200ms);
  ask();  // has the name looked up, if the sweep has not
  names.wait_begun("sub.test", 2);
  std::string answered = ask();
  for (int i = 0; i < 100 && answered == "127.0.0.2"; ++i) answered = ask();
  EXPECT_EQ(answered, to_text(TransportError::egress_denied));
  EXPECT_EQ(three.connections, 0);
}

TEST_F(HttpClientNamesTest, WhatWasTriedAndFailedIsTheReasonNotWhatWasPassedOver) {
  egress = std::make_shared<http::EgressPolicy>(
      *http::EgressPolicy::parse({"http://sub.test:" + std::to_string(port), "127.0.0.2/32"}));
  names.set("sub.test", {"127.0.0.2", "127.0.0.3"});
  EXPECT_EQ(ask(), to_text(TransportError::unreachable));
}

// Cancelled while it looks up, waits or connects: nothing stays behind, and the next gets its place.
TEST_F(HttpClientNamesTest, CancelledExchangesGiveTheirPlaceBack) {
  start({.connections_per_origin_max = 1});
  const auto cancel = [&] { loop.run([&] { last->cancel(); }); };
  names.hold("sub.test");
  auto looking = send(600ms);
  names.wait_begun("sub.test", 1);
  auto waiting = send();
  cancel();  // the one that waits
  names.set("sub.test", {"127.0.0.2"});
  {
    Dead two("127.0.0.2", port);
    names.release("sub.test");
    std::this_thread::sleep_for(100ms);
    auto third = send();
    cancel();
    EXPECT_EQ(looking.get().error().error, TransportError::timeout);
    auto connecting = send();
    std::this_thread::sleep_for(50ms);
    cancel();
  }
  Named two("127.0.0.2", port);
  EXPECT_EQ(ask(), "127.0.0.2");
}

}  // namespace
}  // namespace signet::net
