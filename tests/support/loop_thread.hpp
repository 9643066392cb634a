// An event loop on a thread of its own, for tests of `net`.
#pragma once

#include <future>
#include <thread>

#include "router/net/event_loop.hpp"

namespace signet::testing_support {

class LoopThread {
 public:
  LoopThread() : thread_([this] { loop.run(); }) {}
  ~LoopThread() { stop(); }

  /// Runs `task` on the loop and waits for it.
  void run(std::move_only_function<void()> task) {
    std::promise<void> done;
    loop.post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }
  void stop() {
    loop.stop();
    if (thread_.joinable()) thread_.join();
  }

  net::EventLoop loop;

 private:
  std::thread thread_;
};

}  // namespace signet::testing_support
