#include "router/net/turns.hpp"

#include <gtest/gtest.h>
#include <semaphore>
#include <string>

#include "tests/support/raw_socket.hpp"
#include "tests/support/server_test.hpp"

namespace signet::net {
namespace {

using namespace std::chrono_literals;
using testing_support::RawSocket;

constexpr uint64_t kLarge = 200'000, kSmall = 60;  // bytes of an answer
constexpr int kMany = 100;

class RequestTurnsTest : public testing::Test {
 protected:
  void answers_of(uint64_t bytes) {
    for (int i = 0; i < 1'000; ++i) turns.answered(bytes);
  }
  // How many may be at work at once.
  int room() {
    int count = 0;
    for (; count < kMany && turns.may_begin(); ++count) turns.began();
    for (int i = 0; i < count; ++i) turns.ended();
    return count;
  }
  // No room is left: many are at work, whose answers are large.
  void fill() {
    answers_of(kLarge);
    for (int i = 0; i < kMany; ++i) turns.began();
  }
  void all_end() {
    for (int i = 0; i < kMany; ++i) turns.ended();
  }
  void run_beside_other_work() {
    loop.post([this] { other_work(); });
    loop.run();
  }
  // Is ready in each turn of the loop.
  void other_work() {
    order += '.';
    if (order.size() < kMany) return loop.post([this] { other_work(); });
    loop.stop();
  }

  EventLoop loop;
  Turns turns{loop};
  std::string order;
};

TEST_F(RequestTurnsTest, SmallAnswersNeverWait) {
  EXPECT_EQ(room(), kMany) << "nothing is known of answers yet";
  answers_of(kSmall);
  EXPECT_EQ(room(), kMany);
}

TEST_F(RequestTurnsTest, LargeAnswersAreFewAtATime) {
  answers_of(90'000);
  EXPECT_EQ(room(), 9);
  answers_of(kLarge);
  EXPECT_EQ(room(), 6);
  answers_of(1'000'000'000);
  EXPECT_EQ(room(), 6) << "giants count like large ones";
  answers_of(kSmall);
  EXPECT_EQ(room(), kMany) << "what was long ago does not count";
}

TEST_F(RequestTurnsTest, OneGiantAmongSmallAnswersHardlyCounts) {
  answers_of(kSmall);
  turns.answered(1'000'000'000);
  EXPECT_GT(room(), kMany / 2);
}

TEST_F(RequestTurnsTest, OneBeginsInEachTurnOfTheLoopWhileManyAreAtWork) {
  fill();
  for (const char name : {'a', 'b', 'c', 'd'}) turns.wait([this, name] { order += name; });
  run_beside_other_work();
  EXPECT_EQ(order.substr(0, 8), "a.b.c.d.");
}

TEST_F(RequestTurnsTest, AllThatThereIsRoomForBeginTogether) {
  fill();
  for (const char name : {'a', 'b', 'c', 'd'}) {
    turns.wait([this, name] {
      order += name;
      if (name == 'b') all_end();
    });
  }
  run_beside_other_work();
  EXPECT_EQ(order.substr(0, 6), "a.bcd.");
}

TEST_F(RequestTurnsTest, NobodyOvertakesWhoWaits) {
  fill();
  EXPECT_FALSE(turns.may_begin());
  turns.wait([this] { order += 'a'; });
  all_end();
  EXPECT_FALSE(turns.may_begin()) << "there is room, but one waits";
  turns.wait([this] {
    order += 'b';
    turns.wait([this] { order += 'c'; });  // while the last one begins
  });
  run_beside_other_work();
  EXPECT_EQ(order.substr(0, 4), "abc.");
  EXPECT_TRUE(turns.may_begin());
}

TEST_F(RequestTurnsTest, WhoStillWaitsIsDroppedWithTheLoop) {
  const auto owned = std::make_shared<int>(1);
  {
    EventLoop ends;
    Turns waits{ends};
    waits.wait([owned] { FAIL(); });
    EXPECT_EQ(owned.use_count(), 2);
  }
  EXPECT_EQ(owned.use_count(), 1);
}

// Answers with `kLarge` bytes in the next turn of the loop, as if a subgraph had answered at once. Notes how many are
// at work at once. "/hold" holds the worker until the test says so, "/slow" for 40 ms.
class LargeAnswers final : public ServerHandler {
 public:
  explicit LargeAnswers(EventLoop& loop) : loop_(loop) {}
  std::optional<ServerResponse> admit(const ServerRequest&) override { return std::nullopt; }
  void handle(const ServerRequest& request, Responder responder) override {
    longest_wait = std::max(longest_wait, request.waited);
    if (request.target == "/hold") go_on.acquire();
    if (request.target == "/slow") std::this_thread::sleep_for(40ms);
    most = std::max(most, ++at_work_);
    loop_.post([this, responder = std::make_shared<Responder>(std::move(responder))] {
      --at_work_;
      responder->send({200, {}, std::string(kLarge, 'x') + "end", false});
    });
  }
  ServerResponse refuse(int status, ErrorCode, std::string_view, const ServerRequest*) override {
    return {status, {}, {}, true};
  }
  std::binary_semaphore go_on{0};
  int most = 0;                             // the worker's
  std::chrono::nanoseconds longest_wait{};  // the worker's

 private:
  EventLoop& loop_;
  int at_work_ = 0;
};

class ServerTurnsTest : public testing_support::ServerTest {
 protected:
  static void ask(RawSocket& client, std::string_view target) {
    client.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: t\r\n\r\n");
  }
  static void expect_answer(RawSocket& client) { EXPECT_TRUE(client.read_until("end").starts_with("HTTP/1.1 200 ")); }
  // Clients that have been answered once.
  void connect(int count) {
    for (int i = 0; i < count; ++i) {
      clients.push_back(RawSocket::connect(server->port()));
      ask(clients.back(), "/");
      expect_answer(clients.back());
    }
  }

  LargeAnswers handler{worker.loop};
  std::vector<RawSocket> clients;
};

TEST_F(ServerTurnsTest, FewLargeAnswersAreMadeAtOnceAndAllAreGiven) {
  start(handler, {});
  connect(kMany);
  RawSocket holds = RawSocket::connect(server->port());
  ask(holds, "/hold");
  ASSERT_TRUE(becomes([&] { return server->requests_in_flight() > 0; }));
  for (RawSocket& client : clients) ask(client, "/");
  handler.go_on.release();
  for (RawSocket& client : clients) expect_answer(client);
  stop_loops();
  EXPECT_LE(handler.most, 8);
}

TEST_F(ServerTurnsTest, WhoWaitsForLongIsNotTakenForIdle) {
  ServerSettings settings;
  settings.idle_timeout = 600ms;  // of the 1,200 that all take
  start(handler, settings);
  connect(30);
  for (RawSocket& client : clients) ask(client, "/slow");
  for (RawSocket& client : clients) expect_answer(client);
  stop_loops();
  EXPECT_GT(handler.longest_wait, 600ms) << "the request's handler is told";
  EXPECT_LT(handler.longest_wait, 1min);
}

}  // namespace
}  // namespace signet::net
