// Who makes room when a server has as many connections as it may have.
#include <atomic>
#include <gtest/gtest.h>
#include <poll.h>

#include "tests/support/raw_socket.hpp"
#include "tests/support/server_test.hpp"

namespace signet::net {
namespace {

using namespace std::chrono_literals;
using testing_support::RawSocket;

constexpr size_t kConnectionsMax = 6;
constexpr std::string_view kRequest = "GET /now HTTP/1.1\r\nHost: t\r\n\r\n";

// Answers at once, but "/held" only at the end.
class Holder final : public ServerHandler {
 public:
  std::optional<ServerResponse> admit(const ServerRequest&) override { return std::nullopt; }
  void handle(const ServerRequest& request, Responder responder) override {
    ++handled;
    if (request.target == "/held") return held.push_back(std::make_shared<Responder>(std::move(responder)));
    responder.send({200, {}, "now", false});
  }
  ServerResponse refuse(int status, ErrorCode, std::string_view, const ServerRequest*) override {
    return {status, {}, {}, true};
  }
  std::atomic<size_t> handled{0};
  std::vector<std::shared_ptr<Responder>> held;
};

class ServerRoomTest : public testing_support::ServerTest {
 protected:
  void SetUp() override { start(handler, {.connections_max = kConnectionsMax}); }
  void TearDown() override {
    stop_loops();
    handler.held.clear();
    ServerTest::TearDown();
  }
  /// Connections that have sent `bytes` each, one after the other.
  std::vector<RawSocket> fill(std::string_view bytes, size_t count = kConnectionsMax) {
    std::vector<RawSocket> sockets;
    for (size_t i = 0; i < count; ++i) {
      sockets.push_back(RawSocket::connect(server->port()));
      sockets.back().send(bytes);
      std::this_thread::sleep_for(5ms);
    }
    return sockets;
  }
  static bool open(const RawSocket& socket) {
    pollfd polled{.fd = socket.descriptor(), .events = POLLIN, .revents = 0};
    return ::poll(&polled, 1, 0) == 0;
  }
  static size_t count_open(const std::vector<RawSocket>& sockets) {
    return static_cast<size_t>(std::ranges::count_if(sockets, open));
  }

  Holder handler;
};

TEST_F(ServerRoomTest, TheHeadThatHasBeenUnfinishedForLongestMakesRoom) {
  const auto slow = fill("G");
  const auto began = std::chrono::steady_clock::now();
  RawSocket client = RawSocket::connect(server->port());
  client.send(kRequest);
  EXPECT_TRUE(client.read_until("now").starts_with("HTTP/1.1 200 "));
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_LT(took, 3s) << "the head's deadline is 10 s";
  EXPECT_GT(took, 150ms) << "who has only begun is left alone";
  EXPECT_FALSE(open(slow.front()));
  EXPECT_TRUE(open(slow.back()));
}

TEST_F(ServerRoomTest, SoDoesTheUnfinishedBody) {
  const auto slow = fill("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nx");
  RawSocket client = RawSocket::connect(server->port());
  client.send(kRequest);
  EXPECT_TRUE(client.read_until("now").starts_with("HTTP/1.1 200 "));
  EXPECT_FALSE(open(slow.front()));
  EXPECT_TRUE(open(slow.back()));
}

TEST_F(ServerRoomTest, QuietOnesGoBeforeUnfinishedOnes) {
  auto quiet = fill(kRequest, 1);
  EXPECT_TRUE(quiet.front().read_until("now").starts_with("HTTP/1.1 200 "));
  const auto slow = fill("G", kConnectionsMax - 1);
  std::this_thread::sleep_for(1100ms);
  RawSocket client = RawSocket::connect(server->port());
  client.send(kRequest);
  EXPECT_TRUE(client.read_until("now").starts_with("HTTP/1.1 200 "));
  EXPECT_FALSE(open(quiet.front()));
  EXPECT_EQ(count_open(slow), slow.size());
}

TEST_F(ServerRoomTest, OfTheQuietOnesOnlyTheLongestGo) {
  auto quiet = fill(kRequest);
  for (RawSocket& socket : quiet) EXPECT_TRUE(socket.read_until("now").starts_with("HTTP/1.1 200 "));
  std::this_thread::sleep_for(1100ms);
  RawSocket client = RawSocket::connect(server->port());
  client.send(kRequest);
  EXPECT_TRUE(client.read_until("now").starts_with("HTTP/1.1 200 "));
  EXPECT_FALSE(open(quiet.front()));
  EXPECT_GE(count_open(quiet), kConnectionsMax - 2) << "clients that are all sent away come back together";
}

TEST_F(ServerRoomTest, WholeRequestsStay) {
  auto held = fill("GET /held HTTP/1.1\r\nHost: t\r\n\r\n");
  for (int i = 0; i < 2000 && handler.handled < kConnectionsMax; ++i) std::this_thread::sleep_for(1ms);
  RawSocket client = RawSocket::connect(server->port());
  client.send(kRequest);
  std::this_thread::sleep_for(1300ms);
  EXPECT_EQ(count_open(held), kConnectionsMax);
  EXPECT_EQ(handler.handled, kConnectionsMax);
  worker.run([&] {
    for (const auto& responder : handler.held) responder->send({200, {}, "held", true});
    handler.held.clear();
  });
  for (RawSocket& socket : held) EXPECT_TRUE(socket.read_to_end().ends_with("held"));
  EXPECT_TRUE(client.read_until("now").starts_with("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace signet::net
