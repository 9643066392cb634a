#include "router/net/deadline_queue.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <string>

namespace signet::net {
namespace {

using namespace std::chrono_literals;

struct Named final : DeadlineQueue::Entry {
  Named(char name, std::string& order) : name_(name), order_(order) {}
  void expire() override { order_ += name_; }
  char name_;
  std::string& order_;
};

TEST(DeadlineQueue, ExpiresInOrderAndNoMoreThanAsked) {
  DeadlineQueue queue;
  std::string order;
  Named a('a', order), b('b', order), c('c', order), d('d', order);
  auto gone = std::make_unique<Named>('x', order);
  const SteadyTime start{};
  queue.put(c, start + 3s);
  queue.put(a, start + 1s);
  queue.put(d, start + 1s);
  queue.put(b, start + 2s);
  queue.put(*gone, start + 1s);
  gone.reset();
  queue.put(d, start + 9s);
  EXPECT_FALSE(queue.expire(start, 10));
  EXPECT_EQ(order, "");
  EXPECT_TRUE(queue.expire(start + 5s, 2));
  EXPECT_EQ(order, "ab");
  EXPECT_FALSE(queue.expire(start + 5s, 2));
  EXPECT_EQ(order, "abc");
  queue.put(a, start + 20s);
  queue.put(a, start + 4s);
  EXPECT_FALSE(queue.expire(start + 10s, 2));
  EXPECT_EQ(order, "abcad");
}

}  // namespace
}  // namespace signet::net
