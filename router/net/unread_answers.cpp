#include "router/net/unread_answers.hpp"

#include <utility>

namespace signet::net {

UnreadAnswers::Answer::Answer(UnreadAnswers& all, uint64_t bytes, SteadyTime now,
                              std::move_only_function<void()> disconnect)
    : all_(all), bytes_(bytes), moved_(now), disconnect_(std::move(disconnect)) {
  all_.total_.fetch_add(bytes_, std::memory_order_relaxed);
  all_.answers_.push_back(*this);
  all_.keep_within_cap(now);
}

UnreadAnswers::Answer::~Answer() {
  unlink();
  all_.total_.fetch_sub(bytes_, std::memory_order_relaxed);
}

void UnreadAnswers::Answer::moved(SteadyTime now) {
  if (!is_linked()) return;  // given up
  moved_ = now;
  unlink();
  all_.answers_.push_back(*this);
}

// Its bytes count no more: they are free as soon as the loop has its turn.
void UnreadAnswers::Answer::give_up() {
  unlink();
  all_.total_.fetch_sub(std::exchange(bytes_, 0), std::memory_order_relaxed);
  disconnect_();
}

void UnreadAnswers::keep_within_cap(SteadyTime now) {
  while (!answers_.empty() && &answers_.front() != &answers_.back()) {
    const uint64_t total = total_.load(std::memory_order_relaxed);
    const bool stuck = now - answers_.front().moved_ >= kStuck;
    if (total <= bytes_max_ || (total <= 2 * bytes_max_ && !stuck)) return;
    answers_.front().give_up();
    disconnected_();
  }
}

}  // namespace signet::net
