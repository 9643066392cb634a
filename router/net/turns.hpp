// Turns: when a worker begins with a request. What is begun is finished first, where answers are large: many at work at
// once find nothing of what they left in the processor's caches.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>

#include "router/net/event_loop.hpp"

namespace signet::net {

/// Threads: its loop's.
class Turns {
 public:
  /// What the answers of all requests at work may take, as far as earlier answers tell. With more, one request begins
  /// in each turn of the loop, so that all that was ready comes before it.
  static constexpr uint64_t kAtWorkBytes = 768u << 10;

  explicit Turns(EventLoop& loop) : loop_(loop) {}

  /// Whether a request may begin now. If not, wait() for its turn.
  bool may_begin() const { return waiting_.expired() && has_room(); }
  /// Calls `begin` when its turn has come: in the order in which they wait, and soon, whatever is at work.
  /// Lifetime: dropped with the loop, if that ends before.
  void wait(Task begin);

  void began() { ++at_work_; }
  void ended() { --at_work_; }
  /// The size of the body of an answer.
  void answered(uint64_t bytes);

 private:
  using Waiting = std::deque<Task>;

  bool has_room() const { return at_work_ * answer_bytes_ < kAtWorkBytes; }
  void next_turn(std::shared_ptr<Waiting> waiting);

  EventLoop& loop_;
  std::weak_ptr<Waiting> waiting_;  // the loop's, while one waits
  uint64_t at_work_ = 0;
  uint64_t answer_bytes_ = 0;  // on average, lately
};

}  // namespace signet::net
