// EventLoop: one thread's event loop. The only way work crosses threads is post().
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace signet::net {

using Task = std::move_only_function<void()>;

/// Fires once unless cancelled first; destroying it cancels it.
/// Threads: its loop's.
class Timer {
 public:
  virtual ~Timer() = default;
};

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();

  /// Runs until stop(); returns when all is stopped.
  void run();
  /// Threads: any.
  void stop();
  /// Runs `task` on the loop, never inside this call. Threads: any.
  void post(Task task);
  /// Runs `task` on the loop after `delay`, unless the timer dies first. Threads: the loop's.
  [[nodiscard]] std::unique_ptr<Timer> after(std::chrono::milliseconds delay, Task task);
  /// Calls `handler` on the loop with the number of each of `signals` that the process receives.
  /// Threads: before run(), one loop per process.
  void on_signals(std::initializer_list<int> signals, std::move_only_function<void(int)> handler);

  boost::asio::io_context& context();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace signet::net
