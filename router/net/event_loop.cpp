#include "router/net/event_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/set.hpp>

#include "router/base/clock.hpp"

namespace signet::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

using TimerHook = boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

class LoopTimer final : public Timer, public TimerHook {
 public:
  LoopTimer(SteadyTime due, Task task) : due_(due), task_(std::move(task)) {}

  SteadyTime due() const { return due_; }
  Task take_task() { return std::move(task_); }
  friend bool operator<(const LoopTimer& left, const LoopTimer& right) { return left.due_ < right.due_; }

 private:
  SteadyTime due_;
  Task task_;
};

// Timers in the order in which they are due, and then in which they came, under one timer of Asio's.
class TimerQueue {
 public:
  explicit TimerQueue(asio::io_context& context) : timer_(context) {}

  void add(LoopTimer& timer);

 private:
  static constexpr size_t kFiredPerTurn = 64;  // others have their turn between

  void wait();
  void fire();

  asio::steady_timer timer_;
  SteadyTime armed_ = SteadyTime::max();
  boost::intrusive::multiset<LoopTimer, boost::intrusive::base_hook<TimerHook>,
                             boost::intrusive::constant_time_size<false>>
      timers_;
};

void TimerQueue::add(LoopTimer& timer) {
  timers_.insert(timers_.end(), timer);  // mostly it is the last one: most delays are alike
  if (timer.due() < armed_) wait();
}

void TimerQueue::wait() {
  armed_ = timers_.begin()->due();
  timer_.expires_at(armed_);
  timer_.async_wait([this](error_code error) {
    if (!error) fire();
  });
}

void TimerQueue::fire() {
  armed_ = SteadyTime::max();
  const SteadyTime now = std::chrono::steady_clock::now();
  for (size_t i = 0; i < kFiredPerTurn && !timers_.empty() && timers_.begin()->due() <= now; ++i) {
    LoopTimer& due = *timers_.begin();
    timers_.erase(timers_.begin());
    due.take_task()();  // it may destroy its timer, and others
  }
  if (!timers_.empty() && timers_.begin()->due() < armed_) wait();
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
