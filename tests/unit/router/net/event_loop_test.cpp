#include "router/net/event_loop.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace signet::net {
namespace {

using namespace std::chrono_literals;

TEST(EventLoopTimers, FireInTheOrderInWhichTheyAreDue) {
  EventLoop loop;
  std::string order;
  std::vector<std::unique_ptr<Timer>> timers;
  for (const auto& [name, delay] : std::vector<std::pair<char, std::chrono::milliseconds>>{
           {'d', 40ms}, {'a', 5ms}, {'c', 25ms}, {'b', 15ms}, {'e', 40ms}}) {
    timers.push_back(loop.after(delay, [&order, name] { order += name; }));
  }
  timers.push_back(loop.after(60ms, [&] { loop.stop(); }));
  loop.run();
  EXPECT_EQ(order, "abcde");
}

TEST(EventLoopTimers, DestroyedOnesDoNotFireAndMayDestroyThemselvesAndOthers) {
  EventLoop loop;
  std::string order;
  auto never = loop.after(5ms, [&] { order += 'x'; });
  auto victim = loop.after(20ms, [&] { order += 'y'; });
  std::unique_ptr<Timer> self;
  self = loop.after(10ms, [&] {
    order += '1';
    victim.reset();
    self = loop.after(0ms, [&] {
      order += '2';
      self.reset();
      never = loop.after(20ms, [&] { loop.stop(); });
    });
  });
  never.reset();
  loop.run();
  EXPECT_EQ(order, "12");
}

TEST(EventLoopTimers, OneThatOutlivesItsLoopIsHarmless) {
  std::unique_ptr<Timer> timer;
  {
    EventLoop loop;
    timer = loop.after(1ms, [] { FAIL(); });
  }
}

}  // namespace
}  // namespace signet::net
