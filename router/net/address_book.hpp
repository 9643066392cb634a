// AddressBook: the addresses of one host as one event loop knows them, and how connecting to each has gone.
//
// A name's addresses are looked up when they are first needed and kept young while the name is in use; meanwhile, and
// while lookups fail, the old ones serve. Addresses take turns. One that could not be connected to is left out for ten
// seconds, unless there is no other.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "router/base/clock.hpp"
#include "router/http/egress.hpp"
#include "router/net/event_loop.hpp"
#include "router/net/resolver.hpp"

namespace signet::net {

/// Something that waits on an event loop and looks again when it is woken.
class Waiter {
 public:
  virtual ~Waiter() = default;
  virtual void wake() = 0;
};

/// Threads: its event loop's.
class AddressBook : public std::enable_shared_from_this<AddressBook> {
 public:
  /// When nothing could be connected to, the name may have moved: it is looked up again if that was not just done.
  static constexpr std::chrono::milliseconds kLookAgainAfter{250};
  static constexpr std::chrono::milliseconds kLookAgainPatience{500};
  /// How long a first use waits for a fresh answer before it takes what the process knows from before.
  static constexpr std::chrono::milliseconds kPatience{250};
  static constexpr std::chrono::milliseconds kEjected{10'000};

  /// Of a name. Lifetime: the resolver outlives the book; the loop outlives the resolver.
  AddressBook(Resolver& resolver, EventLoop& loop, std::string name, std::chrono::milliseconds refresh_after);
  /// Of an IP literal: never looked up.
  explicit AddressBook(const http::IpAddress& literal);

  /// Keeps it young; cheap when it is.
  void use(SteadyTime now) { look_up_if_older(now - refresh_after_); }
  /// After nothing could be connected to. Whether there will be a newer answer than the last.
  bool look_again(SteadyTime now) { return look_up_if_older(now - kLookAgainAfter); }
  /// Takes what the process knows of the name.
  void use_known();
  bool asking() const { return asking_; }
  /// Wakes `waiter` when the lookup under way has ended.
  void tell(std::weak_ptr<Waiter> waiter) { waiters_.push_back(std::move(waiter)); }

  bool known() const { return addresses_ && !addresses_->empty(); }
  /// False: a connection to this address is not to be used for anything new. What is not known cannot say no.
  bool lists(const http::IpAddress& address) const;
  /// All addresses, those that are left out last; each call begins with another.
  struct Candidate {
    http::IpAddress address;
    bool ejected = false;
  };
  std::vector<Candidate> candidates(SteadyTime now);
  void failed(const http::IpAddress& address, SteadyTime now);
  /// Why the last lookup failed.
  const std::string& problem() const { return problem_; }

 private:
  struct Ejection {
    http::IpAddress address;
    SteadyTime until;
  };
  bool look_up_if_older(SteadyTime oldest);
  void take(const Resolver::Answer& answer);

  Resolver* resolver_ = nullptr;
  EventLoop* loop_ = nullptr;
  std::string name_;
  std::chrono::milliseconds refresh_after_{};
  std::shared_ptr<const Addresses> addresses_;
  SteadyTime looked_up_{};
  bool asking_ = false;
  std::string problem_;
  size_t turn_ = 0;
  std::vector<Ejection> ejected_;
  std::vector<std::weak_ptr<Waiter>> waiters_;
};

}  // namespace signet::net
