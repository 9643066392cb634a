// Resolver: host names to addresses for all event loops of a process, on threads of its own.
//
// The system's resolver blocks, up to many seconds when a name server does not answer; so it never runs on a loop's
// thread, and one slow name holds up one of several threads. Those who ask for the same name at the same time share one
// lookup. What was last known to be good survives failures for a while.
#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "router/base/clock.hpp"
#include "router/http/egress.hpp"
#include "router/net/event_loop.hpp"

namespace signet::net {

using Addresses = std::vector<http::IpAddress>;

struct ResolverSettings {
  unsigned threads_max = 4;  ///< started as they are needed; IP literals need none
  size_t waiting_max = 256;  ///< names waiting for a thread
  size_t names_max = 4'096;  ///< names remembered
  /// How long the last good addresses are used while lookups fail.
  std::chrono::milliseconds kept{300'000};
  /// A failed lookup is not repeated before.
  std::chrono::milliseconds failure_pause{1'000};
};

/// Threads: any.
class Resolver {
 public:
  /// Runs on the resolver's threads; may block.
  using Lookup = std::function<std::expected<Addresses, std::string>(const std::string& name)>;
  /// Runs the function on a thread of its own. Errors: throws std::system_error.
  using Start = std::function<void(std::function<void()>)>;

  struct Answer {
    std::shared_ptr<const Addresses> addresses;  ///< never empty; null: none is known
    SteadyTime looked_up{};                      ///< when the lookup that says so began, or the last that failed
    std::string problem;                         ///< of the last lookup; addresses are older then
  };
  using Reply = std::move_only_function<void(const Answer&)>;

  explicit Resolver(ResolverSettings settings = {}, Lookup lookup = system_lookup, Start start = detached);
  ~Resolver() { stop(); }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// `reply` runs on `loop` once a lookup that began at `oldest` or later has ended, never inside this call.
  /// Lifetime: `loop` outlives the resolver, or stop().
  void ask(const std::string& name, SteadyTime oldest, EventLoop& loop, Reply reply);
  /// The last good addresses, whatever their age within `kept`; null when there are none.
  std::shared_ptr<const Addresses> known(const std::string& name) const;
  /// No reply runs any more that has not been posted yet. A thread that hangs in a lookup is left to end on its own.
  void stop();

  static void detached(std::function<void()> work);
  /// getaddrinfo(3).
  static std::expected<Addresses, std::string> system_lookup(const std::string& name);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace signet::net
