// Clients that do not take their answers: which of them are disconnected, and when.
#include <atomic>
#include <gtest/gtest.h>

#include "router/net/unread_answers.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/support/server_test.hpp"

namespace signet::net {
namespace {

using namespace std::chrono_literals;
using testing_support::RawSocket;

constexpr size_t kAnswerBytes = 16u << 20;  // more than the kernel takes for a client that does not read

/// Answers of one worker among others, on a clock of their own.
class Answers {
 public:
  Answers(std::atomic<uint64_t>& total, uint64_t cap) : all(total, cap, [this] { ++told; }) {}

  std::unique_ptr<UnreadAnswers::Answer> make(char name, uint64_t bytes) {
    return std::make_unique<UnreadAnswers::Answer>(all, bytes, now, [this, name] { gone += name; });
  }

  SteadyTime now{};
  std::string gone;  ///< names, in order
  int told = 0;
  UnreadAnswers all;
};

TEST(UnreadAnswers, TheOneThatHasNotMovedForLongestGoesFirst) {
  std::atomic<uint64_t> total{0};
  Answers answers(total, 50);
  auto a = answers.make('a', 40), b = answers.make('b', 40), c = answers.make('c', 20);
  EXPECT_EQ(answers.gone, "") << "nobody is stuck, and it is not twice the cap";
  a->moved(answers.now);
  auto d = answers.make('d', 1);
  EXPECT_EQ(answers.gone, "b");
  EXPECT_EQ(total, 61u);
  b->moved(answers.now);  // too late
  auto e = answers.make('e', 1000);
  EXPECT_EQ(answers.gone, "bcad");
  EXPECT_EQ(total, 1000u) << "a client alone gets its answer";
  EXPECT_EQ(answers.told, 4);
  e.reset();
  d.reset();
  EXPECT_EQ(total, 0u);
}

TEST(UnreadAnswers, StuckReadersGoBeyondTheCap) {
  std::atomic<uint64_t> total{0};
  Answers answers(total, 100);
  const auto a = answers.make('a', 60), b = answers.make('b', 60), c = answers.make('c', 60);
  answers.now += UnreadAnswers::kStuck - 1ms;
  a->moved(answers.now);
  answers.all.keep_within_cap(answers.now);
  EXPECT_EQ(answers.gone, "");
  answers.now += 1ms;
  answers.all.keep_within_cap(answers.now);
  EXPECT_EQ(answers.gone, "bc");
  answers.now += 10 * UnreadAnswers::kStuck;
  const auto d = answers.make('d', 40);
  EXPECT_EQ(answers.gone, "bc") << "below the cap, stuck readers have their time";
}

TEST(UnreadAnswers, TheCapIsForAllWorkers) {
  std::atomic<uint64_t> total{0};
  Answers one(total, 50), two(total, 50);
  const auto a = one.make('a', 50), b = one.make('b', 10), c = two.make('c', 90);
  EXPECT_EQ(one.gone + two.gone, "") << "the other worker's are not this one's to end";
  one.all.keep_within_cap(one.now);
  EXPECT_EQ(one.gone, "a");
}

class SlowReadersTest : public testing_support::ServerTest, public ServerHandler {
 protected:
  void SetUp() override { start(*this, {.unread_bytes_max = 2 * kAnswerBytes + 1'000}); }
  std::optional<ServerResponse> admit(const ServerRequest&) override { return std::nullopt; }
  void handle(const ServerRequest&, Responder responder) override {
    responder.send({200, {}, std::string(kAnswerBytes, 'x'), true});
  }
  ServerResponse refuse(int status, ErrorCode, std::string_view, const ServerRequest*) override {
    return {status, {}, {}, true};
  }
  void slow_reader_disconnected() override { ++disconnected; }

  /// A client that has got the first bytes of an answer, and takes no more.
  RawSocket slow_reader() {
    RawSocket socket = RawSocket::connect(server->port());
    socket.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
    EXPECT_TRUE(socket.read_some().starts_with("HTTP/1.1 200 "));
    return socket;
  }

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
