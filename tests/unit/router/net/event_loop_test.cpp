#include "router/net/event_loop.hpp"

#include <gtest/gtest.h>
#include <string>
#include <thread>
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

// However many are due at once, others have their turn between.
TEST(EventLoopTimers, ThatAreDueTogetherDoNotHoldTheLoop) {
  EventLoop loop;
  size_t fired = 0, before_the_post = 0;
  std::vector<std::unique_ptr<Timer>> timers;
  for (int i = 0; i < 1'000; ++i) {
    timers.push_back(loop.after(1ms, [&] {
      if (++fired == 1) loop.post([&] { before_the_post = fired; });
      if (fired == 1'000) loop.stop();
    }));
  }
  std::this_thread::sleep_for(2ms);
  loop.run();
  EXPECT_EQ(fired, 1'000u);
  EXPECT_LE(before_the_post, 64u);
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
