// UnreadAnswers: the answers of one worker that their clients have not taken yet, those that have not moved for longest
// first. There is a cap for what all workers hold of them: beyond it, readers that are stuck are disconnected, and
// beyond twice as much the slowest, stuck or not.
#pragma once

#include <atomic>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <functional>

#include "router/base/clock.hpp"

namespace signet::net {

/// Threads: its worker's.
class UnreadAnswers {
  using Hook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

 public:
  /// An answer that the network did not take at once, for as long as it is being sent.
  class Answer : public Hook {
   public:
    /// `disconnect` ends the sending. What is beyond the cap is disconnected now, but never this answer.
    Answer(UnreadAnswers& all, uint64_t bytes, SteadyTime now, std::move_only_function<void()> disconnect);
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;
    ~Answer();

    /// Its client has taken some of it.
    void moved(SteadyTime now);

   private:
    friend class UnreadAnswers;
    void give_up();

    UnreadAnswers& all_;
    uint64_t bytes_;
    SteadyTime moved_;  // last
    std::move_only_function<void()> disconnect_;
  };

  /// `total` is of all workers. `disconnected` hears of each client that is.
  UnreadAnswers(std::atomic<uint64_t>& total, uint64_t bytes_max, std::function<void()> disconnected)
      : total_(total), bytes_max_(bytes_max), disconnected_(std::move(disconnected)) {}

  static constexpr std::chrono::milliseconds kStuck{1'000};  ///< without taking a byte

  /// Disconnects readers while all workers together are beyond the cap, but not the one that has moved last: a client
  /// alone gets its answer, however large.
  void keep_within_cap(SteadyTime now);

 private:
  std::atomic<uint64_t>& total_;
  uint64_t bytes_max_;
  std::function<void()> disconnected_;
  boost::intrusive::list<Answer, boost::intrusive::base_hook<Hook>, boost::intrusive::constant_time_size<false>>
      answers_;
};

}  // namespace signet::net
