// ConnectionPool: idle and counted connections per origin, and the exchanges that wait for one. With TLS an origin is
// named together with the profile under which it was verified.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "router/base/clock.hpp"
#include "router/net/http_client.hpp"
#include "router/net/stream.hpp"
#include "router/net/tls_session.hpp"

namespace signet::net {

struct PooledConnection {
  Stream stream;
  SteadyTime opened;
  SteadyTime idle_since{};
  bool reused = false;
};

/// Threads: its event loop's.
class ConnectionPool {
 public:
  explicit ConnectionPool(ClientSettings settings) : settings_(settings) {}

  /// An idle connection that looks alive and is young enough; null when there is none.
  std::unique_ptr<PooledConnection> take_idle(const std::string& origin, SteadyTime now);
  /// Reserves the right to open (or hold) one connection. False: at the cap, wait.
  bool reserve(const std::string& origin);
  /// Gives back a reservation whose connection is gone, and wakes the next waiter.
  void release(const std::string& origin);
  /// Puts a connection back for reuse; its reservation is given back, too.
  void put_idle(const std::string& origin, std::unique_ptr<PooledConnection> connection, SteadyTime now);
  /// `wake` is called once, when a reservation may succeed.
  void wait(const std::string& origin, std::weak_ptr<std::function<void()>> wake);
  /// Where the TLS sessions of `origin` are kept, to be taken up again.
  std::shared_ptr<SessionSlot> session_slot(const std::string& origin);
  void forget_session(const std::string& origin) { sessions_.erase(origin); }
  /// Closes what has been idle too long.
  void sweep(SteadyTime now);

 private:
  struct Origin {
    std::vector<std::unique_ptr<PooledConnection>> idle;
    size_t busy = 0;
    std::deque<std::weak_ptr<std::function<void()>>> waiting;
  };
  static constexpr size_t kSessionsMax = 1'000;
  bool usable(PooledConnection& connection, SteadyTime now) const;

  ClientSettings settings_;
  std::unordered_map<std::string, Origin> origins_;
  std::unordered_map<std::string, std::shared_ptr<SessionSlot>> sessions_;
};

}  // namespace signet::net
