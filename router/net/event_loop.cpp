#include "router/net/event_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

namespace signet::net {

namespace asio = boost::asio;
using boost::system::error_code;

struct EventLoop::Impl {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::optional<asio::signal_set> signals;
  std::move_only_function<void(int)> on_signal;

  void wait_for_signal() {
    signals->async_wait([this](error_code error, int signal) {
      if (error) return;
      on_signal(signal);
      wait_for_signal();
    });
  }
};

namespace {

class LoopTimer final : public Timer {
 public:
  LoopTimer(asio::io_context& context, std::chrono::milliseconds delay, Task task)
      : timer_(context, delay), task_(std::make_shared<Task>(std::move(task))) {
    timer_.async_wait([alive = std::weak_ptr<Task>(task_)](error_code error) {
      // The task may destroy the timer that holds it.
      if (auto task = alive.lock(); task && !error) (*task)();
    });
  }

 private:
  asio::steady_timer timer_;
  std::shared_ptr<Task> task_;
};

}  // namespace

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::run() {
  impl_->context.run();
}
void EventLoop::stop() {
  impl_->context.stop();
}
void EventLoop::post(Task task) {
  asio::post(impl_->context, std::move(task));
}

std::unique_ptr<Timer> EventLoop::after(std::chrono::milliseconds delay, Task task) {
  return std::make_unique<LoopTimer>(impl_->context, delay, std::move(task));
}

void EventLoop::on_signals(std::initializer_list<int> signals, std::move_only_function<void(int)> handler) {
  impl_->signals.emplace(impl_->context);
  for (int signal : signals) impl_->signals->add(signal);
  impl_->on_signal = std::move(handler);
  impl_->wait_for_signal();
}

asio::io_context& EventLoop::context() {
  return impl_->context;
}

}  // namespace signet::net
