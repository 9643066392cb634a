// Clients that do not take their answers: which of them are disconnected, and when.
#include <atomic>
#include <gtest/gtest.h>

#include "router/net/http_server.hpp"
#include "router/net/unread_answers.hpp"
#include "tests/support/loop_thread.hpp"
#include "tests/support/raw_socket.hpp"

namespace signet::net {
namespace {

using namespace std::chrono_literals;
using testing_support::LoopThread;
using testing_support::RawSocket;

constexpr size_t kAnswerBytes = 16u << 20;  // more than the kernel takes for a client that does not read

TEST(UnreadAnswers, TheOneThatHasNotMovedForLongestGoesFirst) {
  std::atomic<uint64_t> total{0};
  int told = 0;
  UnreadAnswers answers(total, 100, [&] { ++told; });
  std::string gone;
  const auto make = [&](char name, uint64_t bytes) {
    return std::make_unique<UnreadAnswers::Answer>(answers, bytes, [&gone, name] { gone += name; });
  };
  auto a = make('a', 40), b = make('b', 40), c = make('c', 20);
  EXPECT_EQ(gone, "");
  a->moved();
  auto d = make('d', 1);
  EXPECT_EQ(gone, "b");
  EXPECT_EQ(total, 61u);
  b->moved();  // too late
  auto e = make('e', 1000);
  EXPECT_EQ(gone, "bcad");
  EXPECT_EQ(total, 1000u) << "a client alone gets its answer";
  EXPECT_EQ(told, 4);
  e.reset();
  d.reset();
  EXPECT_EQ(total, 0u);
}

TEST(UnreadAnswers, TheCapIsForAllWorkers) {
  std::atomic<uint64_t> total{0};
  UnreadAnswers one(total, 100, [] {}), two(total, 100, [] {});
  std::string gone;
  const auto tell = [&gone](char name) { return [&gone, name] { gone += name; }; };
  UnreadAnswers::Answer a(one, 50, tell('a')), b(one, 10, tell('b')), c(two, 90, tell('c'));
  EXPECT_EQ(gone, "") << "the other worker's are not this one's to end";
  one.keep_within_cap();
  EXPECT_EQ(gone, "a");
}

class SlowReadersTest : public testing::Test, public ServerHandler {
 protected:
  void SetUp() override {
    server = std::make_unique<HttpServer>(acceptor.loop, std::vector<EventLoop*>{&worker.loop},
                                          std::vector<ServerHandler*>{this},
                                          ServerSettings{.unread_bytes_max = 2 * kAnswerBytes + 1'000});
    acceptor.run([&] { ASSERT_TRUE(server->listen({"127.0.0.1", 0, {}})); });
  }
  void TearDown() override {
    acceptor.stop();
    worker.stop();
    server.reset();
  }
  std::optional<ServerResponse> admit(const ServerRequest&) override { return std::nullopt; }
  void handle(const ServerRequest&, Responder responder) override {
    responder.send({200, {}, std::string(kAnswerBytes, 'x'), true});
  }
  ServerResponse refuse(int status, ErrorCode, std::string_view, const ServerRequest*) override {
    return {status, {}, {}, true};
  }
  void slow_reader_disconnected() override { ++disconnected; }

  static bool becomes(const std::function<bool()>& condition) {
    for (int i = 0; i < 2000 && !condition(); ++i) std::this_thread::sleep_for(1ms);
    return condition();
  }
  /// A client that has got the first bytes of an answer, and takes no more.
  RawSocket slow_reader() {
    RawSocket socket = RawSocket::connect(server->port());
    socket.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
    EXPECT_TRUE(socket.read_some().starts_with("HTTP/1.1 200 "));
    return socket;
  }

  LoopThread acceptor, worker;
  std::unique_ptr<HttpServer> server;
  std::atomic<int> disconnected{0};
};

TEST_F(SlowReadersTest, BeyondTheCapTheSlowestIsDisconnected) {
  RawSocket first = slow_reader();
  RawSocket second = slow_reader();
  EXPECT_EQ(disconnected, 0);
  EXPECT_TRUE(becomes([&] { return server->unread_bytes() > 2 * kAnswerBytes; }));
  std::string taken;
  while (taken.size() < kAnswerBytes / 2) taken += first.read_some();  // not quick, but not stuck
  RawSocket third = slow_reader();
  EXPECT_TRUE(becomes([&] { return disconnected == 1; }));
  EXPECT_LT(second.read_to_end().size(), kAnswerBytes / 2);
  EXPECT_GT((taken += first.read_to_end()).size(), kAnswerBytes - 10'000);
  EXPECT_GT(third.read_to_end().size(), kAnswerBytes - 10'000);
  EXPECT_TRUE(becomes([&] { return server->unread_bytes() == 0; }));
  EXPECT_EQ(disconnected, 1);
}

}  // namespace
}  // namespace signet::net
