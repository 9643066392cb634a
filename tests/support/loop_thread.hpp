// An event loop on a thread of its own, for tests of `net`.
#pragma once

#include <future>

#include "router/net/loop_thread.hpp"

namespace signet::testing_support {

/// Runs from the beginning.
class LoopThread : public net::LoopThread {
 public:
  LoopThread() { start(); }

  /// Runs `task` on the loop and waits for it.
  void run(std::move_only_function<void()> task) {
    std::promise<void> done;
    loop.post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }
};

}  // namespace signet::testing_support
