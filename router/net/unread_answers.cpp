#include "router/net/unread_answers.hpp"

#include <utility>

namespace signet::net {

UnreadAnswers::Answer::Answer(UnreadAnswers& all, uint64_t bytes, std::move_only_function<void()> disconnect)
    : all_(all), bytes_(bytes), disconnect_(std::move(disconnect)) {
  all_.total_.fetch_add(bytes_, std::memory_order_relaxed);
  all_.answers_.push_back(*this);
  all_.keep_within_cap();
}

UnreadAnswers::Answer::~Answer() {
  unlink();
  all_.total_.fetch_sub(bytes_, std::memory_order_relaxed);
}

void UnreadAnswers::Answer::moved() {
  if (!is_linked()) return;  // given up
  unlink();
  all_.answers_.push_back(*this);
}

// Its bytes count no more: they are free as soon as the loop has its turn.
void UnreadAnswers::Answer::give_up() {
  unlink();
  all_.total_.fetch_sub(std::exchange(bytes_, 0), std::memory_order_relaxed);
  disconnect_();
}

void UnreadAnswers::keep_within_cap() {
  while (total_.load(std::memory_order_relaxed) > bytes_max_ && !answers_.empty() &&
         &answers_.front() != &answers_.back()) {
    answers_.front().give_up();
    disconnected_();
  }
}

}  // namespace signet::net
