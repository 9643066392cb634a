#include "router/net/free_port.hpp"

#include "tests/support/raw_socket.hpp"

namespace signet::net {
namespace {

using testing_support::RawListener;

TEST(FreeLoopbackPort, IsThePreferredOneWhereNobodyListens) {
  const uint16_t free = free_loopback_port();
  ASSERT_NE(free, 0);
  EXPECT_EQ(free_loopback_port(free), free);
}

TEST(FreeLoopbackPort, IsAnotherOneWhereSomebodyListens) {
  const RawListener taken;
  const uint16_t other = free_loopback_port(taken.port());
  EXPECT_NE(other, 0);
  EXPECT_NE(other, taken.port());
}

}  // namespace
}  // namespace signet::net
