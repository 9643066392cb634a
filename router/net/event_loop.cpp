#include "router/net/event_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include "router/base/clock.hpp"

namespace signet::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

class LoopTimer;
using TimerHook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

// Timers in the order in which they are due, under one timer of Asio's.
class TimerQueue {
 public:
  explicit TimerQueue(asio::io_context& context) : timer_(context) {}

  void add(LoopTimer& timer);

 private:
  void wait();
  void fire();

  asio::steady_timer timer_;
  SteadyTime armed_ = SteadyTime::max();
  boost::intrusive::list<LoopTimer, boost::intrusive::base_hook<TimerHook>, boost::intrusive::constant_time_size<false>>
      timers_;
};

class LoopTimer final : public Timer, public TimerHook {
 public:
  LoopTimer(SteadyTime due, Task task) : due_(due), task_(std::move(task)) {}

  SteadyTime due() const { return due_; }
  Task take_task() { return std::move(task_); }

 private:
  SteadyTime due_;
  Task task_;
};

void TimerQueue::add(LoopTimer& timer) {
  // Mostly it is the last one: most delays are alike, or as long as any.
  auto at = timers_.end();
  while (at != timers_.begin() && std::prev(at)->due() > timer.due()) --at;
  timers_.insert(at, timer);
  if (timer.due() < armed_) wait();
}

void TimerQueue::wait() {
  armed_ = timers_.front().due();
  timer_.expires_at(armed_);
  timer_.async_wait([this](error_code error) {
    if (!error) fire();
  });
}

void TimerQueue::fire() {
  armed_ = SteadyTime::max();
  const SteadyTime now = std::chrono::steady_clock::now();
  while (!timers_.empty() && timers_.front().due() <= now) {
    LoopTimer& due = timers_.front();
    timers_.pop_front();
    due.take_task()();  // it may destroy its timer, and others
  }
  if (!timers_.empty() && timers_.front().due() < armed_) wait();
}

}  // namespace

struct EventLoop::Impl {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  TimerQueue timers{context};
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
  auto timer = std::make_unique<LoopTimer>(std::chrono::steady_clock::now() + delay, std::move(task));
  impl_->timers.add(*timer);
  return timer;
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
