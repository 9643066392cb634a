#include "router/net/connection_pool.hpp"

#include <boost/asio/io_context.hpp>
#include <deque>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "tests/support/raw_socket.hpp"
#include "tests/support/scripted_names.hpp"

namespace signet::net {
namespace {

using namespace std::chrono_literals;
using testing_support::ip;
using testing_support::RawSocket;

class Exchange final : public Waiter {
 public:
  void wake() override { ++woken; }
  int woken = 0;
};

class ConnectionPoolTest : public testing::Test {
 protected:
  ConnectionPool make(ClientSettings settings = {}) { return ConnectionPool(settings); }

  std::unique_ptr<PooledConnection> connection(SteadyTime opened, const char* address = "127.0.0.2") {
    int pair[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    peers.emplace_back(pair[1]);
    Socket socket(context);
    socket.assign(boost::asio::generic::stream_protocol(AF_UNIX, 0), pair[0]);
    return std::make_unique<PooledConnection>(PooledConnection{Stream(std::move(socket)), opened, ip(address)});
  }

  const SteadyTime start = std::chrono::steady_clock::now();
  boost::asio::io_context context;
  std::deque<RawSocket> peers;
  Exchange a, b, c, d;
};

TEST_F(ConnectionPoolTest, PlacesAreGrantedInOrderOfArrival) {
  ConnectionPool pool = make({.connections_per_origin_max = 1});
  auto& origin = pool.origin("o");
  auto first = std::make_unique<ConnectionPool::Place>(pool, origin, a);
  auto second = std::make_unique<ConnectionPool::Place>(pool, origin, b);
  auto third = std::make_unique<ConnectionPool::Place>(pool, origin, c);
  EXPECT_TRUE(first->granted() && !second->granted() && !third->granted());
  first.reset();
  EXPECT_TRUE(second->granted() && !third->granted());
  EXPECT_EQ(b.woken, 1);
  // Who comes now does not overtake the one that was woken, nor the one that waits.
  auto fourth = std::make_unique<ConnectionPool::Place>(pool, origin, d);
  EXPECT_FALSE(fourth->granted());
  second.reset();
  EXPECT_TRUE(third->granted() && !fourth->granted());
  third.reset();
  EXPECT_TRUE(fourth->granted());
  fourth.reset();
  EXPECT_EQ(origin.busy, 0u);
}

TEST_F(ConnectionPoolTest, WhoLeavesWhileWaitingLeavesNoGap) {
  ConnectionPool pool = make({.connections_per_origin_max = 1});
  auto& origin = pool.origin("o");
  auto first = std::make_unique<ConnectionPool::Place>(pool, origin, a);
  auto second = std::make_unique<ConnectionPool::Place>(pool, origin, b);
  auto third = std::make_unique<ConnectionPool::Place>(pool, origin, c);
  second.reset();
  first.reset();
  EXPECT_TRUE(third->granted());
  EXPECT_EQ(b.woken, 0);
  // Woken and then cancelled: the right passes on.
  auto fourth = std::make_unique<ConnectionPool::Place>(pool, origin, d);
  auto fifth = std::make_unique<ConnectionPool::Place>(pool, origin, a);
  third.reset();
  EXPECT_TRUE(fourth->granted());
  fourth.reset();
  EXPECT_TRUE(fifth->granted());
}

TEST_F(ConnectionPoolTest, TheQueueIsBounded) {
  ConnectionPool pool = make({.connections_per_origin_max = 1, .waiting_per_origin_max = 1});
  auto& origin = pool.origin("o");
  const ConnectionPool::Place first(pool, origin, a), second(pool, origin, b), third(pool, origin, c);
  EXPECT_TRUE(first.granted() && !second.refused() && third.refused());
}

TEST_F(ConnectionPoolTest, OldAndIdleConnectionsAreNotUsed) {
  ConnectionPool pool = make({.idle_timeout = 15s, .age_max = 60s});
  auto& origin = pool.origin("o");
  for (const auto [used, opened, good] : {std::tuple(0s, 0s, true), {0s, -59s, true}, {0s, -60s, false}}) {
    pool.put_idle(origin, connection(start + opened), start + used);
    EXPECT_EQ(pool.take_idle(origin, start) != nullptr, good) << opened.count();
  }
  pool.put_idle(origin, connection(start), start);
  EXPECT_EQ(pool.take_idle(origin, start + 15s), nullptr);
}

TEST_F(ConnectionPoolTest, TheSweepClosesWhatIsNotToBeUsed) {
  ConnectionPool pool = make({.idle_timeout = 15s, .age_max = 60s});
  auto& origin = pool.origin("o");
  const ConnectionPool::Place place(pool, origin, a);
  pool.put_idle(origin, connection(start), start + 50s);
  pool.put_idle(origin, connection(start + 10s), start + 50s);
  pool.put_idle(origin, connection(start + 10s), start + 50s);
  peers.back().close();
  pool.sweep(start + 59s);
  EXPECT_EQ(origin.idle.size(), 2u);
  pool.sweep(start + 60s);
  EXPECT_EQ(origin.idle.size(), 1u);
  pool.sweep(start + 65s);
  EXPECT_EQ(origin.idle.size(), 0u);
  EXPECT_EQ(peers[0].read_to_end(), "");
}

TEST_F(ConnectionPoolTest, ConnectionsToAddressesOfOtherNamesAreNotUsed) {
  ConnectionPool pool = make();
  auto& origin = pool.origin("o");
  origin.addresses = std::make_shared<AddressBook>(ip("127.0.0.3"));
  pool.put_idle(origin, connection(start, "127.0.0.3"), start);
  pool.put_idle(origin, connection(start, "127.0.0.2"), start);
  EXPECT_EQ(pool.take_idle(origin, start)->address, ip("127.0.0.3"));
  EXPECT_EQ(pool.take_idle(origin, start), nullptr);
}

TEST_F(ConnectionPoolTest, IdleConnectionsMakeRoom) {
  ConnectionPool pool = make({.connections_per_origin_max = 3});
  auto& origin = pool.origin("o");
  for (int i = 0; i < 3; ++i) pool.put_idle(origin, connection(start), start);
  const ConnectionPool::Place first(pool, origin, a), second(pool, origin, b);
  pool.make_room(origin);
  EXPECT_EQ(origin.idle.size(), 1u);
}

}  // namespace
}  // namespace signet::net
