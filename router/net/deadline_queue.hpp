// DeadlineQueue: things that have to be over by a time which may change, in the order of those times. No timer: its
// owner asks now and then what is due, which costs nothing while nothing is.
#pragma once

#include <boost/intrusive/set.hpp>

#include "router/base/clock.hpp"

namespace signet::net {

/// Threads: one at a time.
class DeadlineQueue {
  using Hook = boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

 public:
  /// In at most one queue. Lifetime: destroyed, it is in none.
  class Entry : public Hook {
   public:
    friend bool operator<(const Entry& left, const Entry& right) { return left.due_ < right.due_; }

   protected:
    ~Entry() = default;

   private:
    friend class DeadlineQueue;
    /// Called once for each time it was put in, and is in none then. It destroys nothing in the queue.
    virtual void expire() = 0;

    SteadyTime due_{};
  };

  /// Puts `entry` in, or elsewhere when it is in.
  void put(Entry& entry, SteadyTime due) {
    entry.unlink();
    entry.due_ = due;
    entries_.insert(entries_.end(), entry);  // mostly it is due last
  }

  /// Expires what is due, the oldest first, at most `most`. True: that was not all.
  bool expire(SteadyTime now, size_t most) {
    while (!entries_.empty() && entries_.begin()->due_ <= now) {
      if (most-- == 0) return true;
      Entry& due = *entries_.begin();
      due.unlink();
      due.expire();
    }
    return false;
  }

 private:
  boost::intrusive::multiset<Entry, boost::intrusive::base_hook<Hook>, boost::intrusive::constant_time_size<false>>
      entries_;
};

}  // namespace signet::net
