// UnreadAnswers: the answers of one worker that their clients have not taken yet, those that have not moved for longest
// first. All workers together hold no more of them than a cap allows: beyond it, the slowest readers are disconnected.
#pragma once

#include <atomic>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <functional>

namespace signet::net {

/// Threads: its worker's.
class UnreadAnswers {
  using Hook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

 public:
  /// An answer that the network did not take at once, for as long as it is being sent.
  class Answer : public Hook {
   public:
    /// `disconnect` ends the sending. What is beyond the cap is disconnected now, but never this answer.
    Answer(UnreadAnswers& all, uint64_t bytes, std::move_only_function<void()> disconnect);
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;
    ~Answer();

    /// Its client has taken some of it.
    void moved();

   private:
    friend class UnreadAnswers;
    void give_up();

    UnreadAnswers& all_;
    uint64_t bytes_;
    std::move_only_function<void()> disconnect_;
  };

  /// `total` is of all workers. `disconnected` hears of each client that is.
  UnreadAnswers(std::atomic<uint64_t>& total, uint64_t bytes_max, std::function<void()> disconnected)
      : total_(total), bytes_max_(bytes_max), disconnected_(std::move(disconnected)) {}

  /// Disconnects the slowest while all workers together are beyond the cap, but not the one that has moved last: a
  /// client alone gets its answer, however large.
  void keep_within_cap();

 private:
  std::atomic<uint64_t>& total_;
  uint64_t bytes_max_;
  std::function<void()> disconnected_;
  boost::intrusive::list<Answer, boost::intrusive::base_hook<Hook>, boost::intrusive::constant_time_size<false>>
      answers_;
};

}  // namespace signet::net
