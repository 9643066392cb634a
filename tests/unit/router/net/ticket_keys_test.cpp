#include "router/net/ticket_keys.hpp"

#include <gtest/gtest.h>
#include <set>

#include "tests/support/manual_clock.hpp"

namespace signet::net {
namespace {

using namespace std::chrono_literals;

TEST(TicketKeys, TheNewestSealsAndTwoOlderOnesOpen) {
  testing_support::ManualClock clock{WallTime{}};
  TicketKeys keys(clock, 1h);
  std::vector<TicketKeys::Key> made;
  for (int i = 0; i < 4; ++i) {
    made.push_back(keys.newest());
    EXPECT_EQ(keys.newest().name, made.back().name);  // the same within the hour
    clock.advance(1h);
  }
  const auto fifth = keys.newest();
  EXPECT_EQ(std::set({made[0].name, made[1].name, made[2].name, made[3].name, fifth.name}).size(), 5u);
  EXPECT_TRUE(keys.find(fifth.name)->newest);
  EXPECT_FALSE(keys.find(made[3].name)->newest);
  EXPECT_EQ(keys.find(made[2].name)->key.cipher, made[2].cipher);
  EXPECT_FALSE(keys.find(made[1].name));
}

TEST(TicketKeys, AQuietTimeAgesThemToo) {
  testing_support::ManualClock clock{WallTime{}};
  TicketKeys keys(clock, 1h);
  const auto key = keys.newest();
  clock.advance(179min);
  EXPECT_TRUE(keys.find(key.name));
  clock.advance(1min);
  EXPECT_FALSE(keys.find(key.name));
}

}  // namespace
}  // namespace signet::net
