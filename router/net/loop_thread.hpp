// LoopThread: an event loop on a thread of its own.
#pragma once

#include <system_error>
#include <thread>

#include "router/net/event_loop.hpp"

namespace signet::net {

/// Lifetime: stop() it before what its loop uses goes; its end does that too, also where an exception unwinds.
/// Threads: the owner's, but for the loop's own methods.
class LoopThread {
 public:
  LoopThread() = default;
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;
  ~LoopThread() { stop(); }

  /// Errors: throws std::system_error when the system gives no thread.
  void start() {
    try {
      thread_ = std::thread([this] { loop.run(); });
    } catch (const std::system_error& error) {
      throw std::system_error(error.code(),
                              "no thread can be started (ulimit -u, or the limit of processes in the container)");
    }
  }
  /// Returns when the loop has ended.
  void stop() {
    loop.stop();
    if (thread_.joinable()) thread_.join();
  }

  EventLoop loop;

 private:
  std::thread thread_;
};

}  // namespace signet::net
