#include "router/net/http_server.hpp"

#include <atomic>
#include <functional>
#include <gtest/gtest.h>
#include <semaphore>

#include "tests/support/loop_thread.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/support/server_test.hpp"

namespace signet::net {
namespace {

using namespace std::chrono_literals;
using testing_support::LoopThread;
using testing_support::RawSocket;

// Echoes method, target and body; counts what reached it. "/held" is answered by the test, "/stubborn" cannot be
// abandoned.
class Echo final : public ServerHandler {
 public:
  std::optional<ServerResponse> admit(const ServerRequest& head) override {
    if (head.target == "/refused") return ServerResponse{404, "X-Admit: no\r\n", "refused", false};
    return std::nullopt;
  }
  void handle(const ServerRequest& request, Responder responder) override {
    ++handled;
    if (request.target == "/dropped") return;
    if (request.target == "/held") {
      auto kept = std::make_shared<Responder>(std::move(responder));
      kept->on_abandoned([this, kept] {
        ++abandoned;
        on_abandon();
        kept->send({200, {}, "to nobody", false});
      });
      held.push_back(kept);
      return;
    }
    if (request.target == "/stubborn") return held.push_back(std::make_shared<Responder>(std::move(responder)));
    std::string body = std::string(request.target) + "|" + std::string(request.body) + "|" +
                       std::to_string(request.count("authorization"));
    if (request.target == "/big") body.assign(8u << 20, 'x');
    responder.send({200, "Content-Type: text/plain\r\n", body, false});
  }
  ServerResponse refuse(int status, ErrorCode code, std::string_view message, const ServerRequest*) override {
    return {status, {}, std::string(info(code).name) + ": " + std::string(message), true};
  }
  std::atomic<int> handled{0}, abandoned{0};
  std::vector<std::shared_ptr<Responder>> held;  // the worker's
  std::function<void()> on_abandon = [] {};
};

class HttpServerTest : public testing_support::ServerTest {
 protected:
  void SetUp() override {
    settings.body_bytes_max = 1000;
    settings.head_timeout = 300ms;
    settings.body_timeout = 300ms;
    settings.idle_timeout = 600ms;
    start(echo, settings);
  }
  void TearDown() override {
    stop_loops();
    echo.held.clear();
    ServerTest::TearDown();
  }
  RawSocket client() { return RawSocket::connect(server->port()); }
  std::string exchange(std::string_view bytes) {
    RawSocket socket = client();
    socket.send(bytes);
    socket.shutdown_send();
    return socket.read_to_end();
  }

  ServerSettings settings;
  Echo echo;
};

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
  RawSocket socket = client();
  for (int i = 0; i < 3; ++i) {
    socket.send("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc");
    const std::string answer = socket.read_until("/a|abc|0");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_EQ(answer.find("Connection: close"), std::string::npos);
  }
  EXPECT_EQ(echo.handled, 3);
}

TEST_F(HttpServerTest, OneByteAtATime) {
  RawSocket socket = client();
  for (char byte : std::string_view("POST /a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    "2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n")) {
    socket.send({&byte, 1});
  }
  EXPECT_TRUE(socket.read_until("/a|abc|0").ends_with("/a|abc|0"));
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  const std::string answers = exchange(
      "GET /1 HTTP/1.1\r\nHost: t\r\n\r\nGET /2 HTTP/1.1\r\nHost: t\r\n\r\nGET /3 HTTP/1.1\r\nHost: t\r\n\r\n");
  const size_t one = answers.find("/1||"), two = answers.find("/2||"), three = answers.find("/3||");
  EXPECT_TRUE(one < two && two < three && three != std::string::npos) << answers;
}

TEST_F(HttpServerTest, DropsTrailers) {
  const std::string answer = exchange(
      "POST /a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nAuthorization: x\r\n\r\n");
  EXPECT_TRUE(answer.ends_with("/a|abc|0")) << answer;
}

TEST_F(HttpServerTest, NeverAnswersWhatFollowsARefusedHead) {
  const std::string answer = exchange(
      "POST /a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: xchunked\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 501 ")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  EXPECT_EQ(answer.find("HTTP/1.1", 9), std::string::npos);
  EXPECT_EQ(echo.handled, 0);
}

TEST_F(HttpServerTest, BodyCapsHoldForLengthAndChunks) {
  EXPECT_TRUE(exchange("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 1001\r\n\r\n").starts_with("HTTP/1.1 413 "));
  std::string chunked = "POST /a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 1001; ++i) chunked += "1\r\nx\r\n";
  EXPECT_TRUE(exchange(chunked).starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(exchange("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x'))
                  .starts_with("HTTP/1.1 200 "));
  EXPECT_EQ(echo.handled, 1);
}

TEST_F(HttpServerTest, ExpectContinue) {
  RawSocket socket = client();
  socket.send("POST /a HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(socket.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("abc");
  EXPECT_TRUE(socket.read_until("/a|abc|0").starts_with("HTTP/1.1 200 "));
  // Refused by its head: the final status at once, and no 100.
  RawSocket refused = client();
  refused.send("POST /refused HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_TRUE(refused.read_until("refused").starts_with("HTTP/1.1 404 "));
}

TEST_F(HttpServerTest, SlowHeadsAndBodiesGet408) {
  RawSocket head = client();
  head.send("POST /a HTTP/1.1\r\nHost:");
  EXPECT_TRUE(head.read_to_end().starts_with("HTTP/1.1 408 "));
  RawSocket body = client();
  body.send("POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\na");
  EXPECT_TRUE(body.read_to_end().starts_with("HTTP/1.1 408 "));
  RawSocket idle = client();
  EXPECT_EQ(idle.read_to_end(), "");  // closed without a word
}

TEST_F(HttpServerTest, LargeAnswersReachSlowReaders) {
  RawSocket socket = client();
  socket.send("GET /big HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
  std::this_thread::sleep_for(50ms);
  const std::string answer = socket.read_to_end();
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 8u << 20);
}

TEST_F(HttpServerTest, DroppedResponderAnswers500) {
  EXPECT_TRUE(exchange("GET /dropped HTTP/1.1\r\nHost: t\r\n\r\n").starts_with("HTTP/1.1 500 "));
}

TEST_F(HttpServerTest, ClientsThatLeaveAreNoticedWhileTheirRequestIsHandled) {
  const std::string_view request = "POST /held HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc";
  for (const std::string_view way : {"reset", "close", "half-close", "behind a pipelined request"}) {
    const int before = echo.abandoned;
    RawSocket socket = client();
    socket.send(request);
    if (way == "behind a pipelined request") socket.send(request);
    ASSERT_TRUE(becomes([&] { return server->requests_in_flight() == 1; }));
    std::this_thread::sleep_for(120ms);
    EXPECT_EQ(echo.abandoned, before) << "while it waits, nothing is taken from it";
    const auto left = std::chrono::steady_clock::now();
    if (way == "reset") socket.reset();
    if (way == "half-close" || way.starts_with("behind")) socket.shutdown_send();
    if (way == "close") socket.close();
    ASSERT_TRUE(becomes([&] { return echo.abandoned == before + 1; })) << way;
    EXPECT_LT(std::chrono::steady_clock::now() - left, 500ms) << way;
    EXPECT_TRUE(becomes([&] { return server->requests_in_flight() == 0 && server->connections() == 0; })) << way;
    if (socket.valid()) EXPECT_EQ(socket.read_to_end(), "") << way;
    worker.run([&] { echo.held.clear(); });
  }
}

// Who does other work meanwhile does not wait for all of them.
TEST_F(HttpServerTest, ClientsThatLeaveTogetherAreToldOfInParts) {
  constexpr int kClients = 400;
  int in_turn = 0, most_in_turn = 0;  // the worker's
  echo.on_abandon = [&] {
    if (++in_turn > 1) return;
    worker.loop.post([&] {
      most_in_turn = std::max(most_in_turn, in_turn);
      in_turn = 0;
    });
  };
  std::vector<RawSocket> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(client());
    clients.back().send("GET /held HTTP/1.1\r\nHost: t\r\n\r\n");
  }
  ASSERT_TRUE(becomes([&] { return server->requests_in_flight() == kClients; }));
  std::this_thread::sleep_for(120ms);
  worker.run([&] { clients.clear(); });  // between two sweeps
  ASSERT_TRUE(becomes([&] { return server->requests_in_flight() == 0; }));
  EXPECT_EQ(echo.abandoned, kClients);
  worker.run([&] {
    EXPECT_LE(most_in_turn, 64);
    echo.held.clear();
  });
}

TEST_F(HttpServerTest, HandlersThatCannotStopFinish) {
  RawSocket socket = client();
  socket.send("GET /stubborn HTTP/1.1\r\nHost: t\r\n\r\n");
  socket.shutdown_send();
  ASSERT_TRUE(becomes([&] { return server->requests_in_flight() == 1; }));
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(server->requests_in_flight(), 1u);
  worker.run([&] {
    echo.held.front()->send({200, {}, "late", false});
    echo.held.clear();
  });
  EXPECT_TRUE(socket.read_to_end().ends_with("late"));
}

// What a client sends ahead stays in the kernel, beyond one read buffer.
TEST_F(HttpServerTest, PipelinedRequestsAreReadAsTheyAreAnswered) {
  RawSocket socket = client();
  socket.send("GET /held HTTP/1.1\r\nHost: t\r\n\r\n");
  ASSERT_TRUE(becomes([&] { return echo.handled == 1; }));
  std::thread flood([&] {
    for (int i = 0; i < 20'000; ++i) socket.send("GET /next HTTP/1.1\r\nHost: t\r\n\r\n");
    socket.shutdown_send();
  });
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(echo.handled, 1);
  worker.run([&] {
    echo.held.front()->send({200, {}, "first", false});
    echo.held.clear();
  });
  const std::string answers = socket.read_to_end();
  flood.join();
  EXPECT_TRUE(answers.ends_with("/next||0"));
  EXPECT_EQ(echo.handled, 20'001);
}

TEST_F(HttpServerTest, DrainingTellsClientsToLeave) {
  RawSocket busy = client();
  RawSocket idle = client();
  idle.send("GET /1 HTTP/1.1\r\nHost: t\r\n\r\n");
  idle.read_until("/1||0");
  server->start_draining();
  busy.send("GET /2 HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_NE(busy.read_to_end().find("Connection: close\r\n"), std::string::npos);
  acceptor.run([&] { server->stop_accepting(); });
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_FALSE(client().valid());
}

// A request that is on its way when the server begins to leave is answered.
TEST_F(HttpServerTest, LeavingClosesOnlyWhatHasBeenQuiet) {
  RawSocket idle = client();
  idle.send("GET /1 HTTP/1.1\r\nHost: t\r\n\r\n");
  idle.read_until("/1||0");
  server->start_draining();
  acceptor.run([&] { server->stop_accepting(); });
  std::this_thread::sleep_for(150ms);
  idle.send("GET /2 HTTP/1.1\r\nHost: t\r\n\r\n");
  const std::string answer = idle.read_to_end();
  EXPECT_TRUE(answer.ends_with("/2||0") && answer.find("Connection: close\r\n") != std::string::npos) << answer;
}

class LateRequestsTest : public HttpServerTest {
 protected:
  void SetUp() override { settings.idle_timeout = 600ms; }
  // Clients that have been quiet for longer than it takes to be sent away ask while the loop is busy: what it finds
  // then is more than it takes notice of at once.
  void ask_late(const std::function<void()>& meanwhile) {
    constexpr size_t kClients = 400;
    start(echo, settings);
    for (size_t i = 0; i < kClients; ++i) {
      clients.push_back(client());
      clients.back().send("GET /1 HTTP/1.1\r\nHost: t\r\n\r\n");
      clients.back().read_until("/1||0");
    }
    std::this_thread::sleep_for(520ms);
    std::binary_semaphore go{0};
    worker.loop.post([&] { go.acquire(); });
    meanwhile();
    std::this_thread::sleep_for(300ms);  // it has to sweep, too, and sees that first
    for (RawSocket& socket : clients) socket.send("GET /2 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
    go.release();
    for (RawSocket& socket : clients) EXPECT_TRUE(socket.read_to_end().ends_with("/2||0"));
  }
  std::vector<RawSocket> clients;
};

TEST_F(LateRequestsTest, AreAnsweredByOneThatLeaves) {
  settings.idle_timeout = 1min;
  ask_late([&] {
    server->start_draining();
    acceptor.run([&] { server->stop_accepting(); });
  });
}

TEST_F(LateRequestsTest, AreAnsweredAtTheEndOfTheIdleTime) {
  ask_late([] {});
}

// Connections that the kernel has let in, but the acceptor has not seen.
TEST_F(HttpServerTest, LeavingServesWhatWaitsAtTheDoor) {
  std::vector<RawSocket> clients;
  acceptor.run([&] {
    for (int i = 0; i < 5; ++i) {
      clients.push_back(client());
      clients.back().send("GET /1 HTTP/1.1\r\nHost: t\r\n\r\n");
    }
    server->start_draining();
    server->stop_accepting();
  });
  for (RawSocket& socket : clients) EXPECT_TRUE(socket.read_to_end().ends_with("/1||0"));
  EXPECT_FALSE(client().valid());
}

// Two workers, each of which says which one it is.
class DealingTest : public testing::Test {
 protected:
  class Numbered final : public ServerHandler {
   public:
    explicit Numbered(std::string number) : number_(std::move(number)) {}
    std::optional<ServerResponse> admit(const ServerRequest&) override { return std::nullopt; }
    void handle(const ServerRequest&, Responder responder) override { responder.send({200, {}, number_, false}); }
    ServerResponse refuse(int status, ErrorCode, std::string_view, const ServerRequest*) override {
      return {status, {}, {}, true};
    }

   private:
    std::string number_;
  };

  void SetUp() override {
    server = std::make_unique<HttpServer>(acceptor.loop, std::vector<EventLoop*>{&first.loop, &second.loop},
                                          std::vector<ServerHandler*>{&one, &two}, ServerSettings{});
    acceptor.run([&] { ASSERT_TRUE(server->listen({"127.0.0.1", 0, {}})); });
  }
  void TearDown() override {
    clients.clear();
    acceptor.stop();
    first.stop();
    second.stop();
    server.reset();
  }
  static char worker_of(RawSocket& socket) {
    socket.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
    std::string answer;
    for (std::string more = "-"; !more.empty() && !answer.ends_with("#1") && !answer.ends_with("#2");) {
      answer += more = socket.read_some();
    }
    return answer.back();
  }

  Numbered one{"#1"}, two{"#2"};
  LoopThread acceptor, first, second;
  std::vector<RawSocket> clients;
  std::unique_ptr<HttpServer> server;
};

// With 1, 2 and 4 connections no worker has one more than another has: none is idle while another queues.
TEST_F(DealingTest, ConnectionsGoToTheWorkerWithTheFewest) {
  const auto balance = [&] {
    int difference = 0;
    for (RawSocket& socket : clients) difference += worker_of(socket) == '1' ? 1 : -1;
    return std::abs(difference);
  };
  for (const size_t count : {1u, 2u, 4u}) {
    while (clients.size() < count) clients.push_back(RawSocket::connect(server->port()));
    EXPECT_EQ(balance(), count % 2) << count;
  }
  // One worker loses its connections: the next two are its.
  std::erase_if(clients, [&](RawSocket& socket) { return worker_of(socket) == '1'; });
  for (int i = 0; i < 2000 && server->connections() > 2; ++i) std::this_thread::sleep_for(1ms);
  for (int i = 0; i < 2; ++i) clients.push_back(RawSocket::connect(server->port()));
  EXPECT_EQ(balance(), 0);
}

// Notes who asked. The first one is answered when the test says so.
class Order final : public ServerHandler {
 public:
  std::optional<ServerResponse> admit(const ServerRequest&) override { return std::nullopt; }
  void handle(const ServerRequest& request, Responder responder) override {
    if (targets.empty()) begin.acquire();
    targets.emplace_back(request.target);
    responder.send({200, {}, "now", false});
  }
  ServerResponse refuse(int status, ErrorCode, std::string_view, const ServerRequest*) override {
    return {status, {}, {}, true};
  }
  std::binary_semaphore begin{0};
  std::vector<std::string> targets;  // the worker's
};

class TurnsTest : public testing_support::ServerTest {
 protected:
  void SetUp() override { start(order, {}); }
  Order order;
};

TEST_F(TurnsTest, WhoSendsManyRequestsAtOnceLetsOthersHaveTheirTurn) {
  constexpr size_t kAtOnce = 500;
  RawSocket other = RawSocket::connect(server->port());
  RawSocket greedy = RawSocket::connect(server->port());
  std::string requests;
  for (size_t i = 1; i < kAtOnce; ++i) requests += "GET /many HTTP/1.1\r\nHost: t\r\n\r\n";
  requests += "GET /last HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";
  greedy.send(requests);
  ASSERT_TRUE(becomes([&] { return server->requests_in_flight() > 0; }));
  other.send("GET /one HTTP/1.1\r\nHost: t\r\n\r\n");
  order.begin.release();
  EXPECT_TRUE(other.read_until("now").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(greedy.read_to_end().ends_with("now"));
  stop_loops();
  ASSERT_EQ(order.targets.size(), kAtOnce + 1);
  EXPECT_LT(std::ranges::find(order.targets, "/one") - order.targets.begin(), 32);
}

}  // namespace
}  // namespace signet::net
