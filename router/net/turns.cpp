#include "router/net/turns.hpp"

namespace signet::net {

void Turns::wait(Task begin) {
  if (const auto waiting = waiting_.lock()) return waiting->push_back(std::move(begin));
  auto waiting = std::make_shared<Waiting>();
  waiting_ = waiting;
  waiting->push_back(std::move(begin));
  next_turn(std::move(waiting));
}

void Turns::next_turn(std::shared_ptr<Waiting> waiting) {
  loop_.post([this, waiting = std::move(waiting)]() mutable {
    do {
      Task begin = std::move(waiting->front());
      waiting->pop_front();
      begin();
    } while (!waiting->empty() && has_room());
    if (!waiting->empty()) next_turn(std::move(waiting));
  });
}

void Turns::answered(uint64_t bytes) {
  constexpr uint64_t kBytesMax = 128u << 10;  // counted of one: a few giants say nothing of the others
  constexpr uint64_t kAmong = 16;             // answers that the average is of, about
  answer_bytes_ -= answer_bytes_ / kAmong;
  answer_bytes_ += (std::min(bytes, kBytesMax) + kAmong - 1) / kAmong;
}

}  // namespace signet::net
