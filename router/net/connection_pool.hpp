// ConnectionPool: idle and counted connections per origin, and the exchanges that wait for one. With TLS an origin is
// named together with the profile under which it was verified.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "router/base/clock.hpp"
#include "router/net/address_book.hpp"
#include "router/net/http_client.hpp"
#include "router/net/stream.hpp"
#include "router/net/tls_session.hpp"

namespace signet::net {

struct PooledConnection {
  Stream stream;
  SteadyTime opened;
  std::optional<http::IpAddress> address;  ///< none: a unix socket
  SteadyTime idle_since{};
  bool reused = false;
};

/// Threads: its event loop's.
class ConnectionPool {
 public:
  class Place;

  /// What belongs to one scheme, host and port. Lifetime: while somebody has a place in it, and a minute longer: what
  /// is known of its addresses is worth keeping.
  struct Origin {
    std::vector<std::unique_ptr<PooledConnection>> idle;
    size_t busy = 0;
    std::list<Place*> waiting;               // someone waits only while all places are taken
    std::shared_ptr<AddressBook> addresses;  // null: a unix socket, or nobody has asked yet
    std::shared_ptr<SessionSlot> session;    // the last TLS session, to be taken up again; null: none yet
    SteadyTime used{};                       // as the sweep has seen it
  };

  explicit ConnectionPool(ClientSettings settings) : settings_(settings) {}

  const ClientSettings& settings() const { return settings_; }
  Origin& origin(const std::string& name) { return origins_[name]; }
  /// An idle connection that looks alive, is young enough and leads to an address that the name still has.
  std::unique_ptr<PooledConnection> take_idle(Origin& origin, SteadyTime now);
  /// Closes idle connections that would be beyond the cap when one more is opened.
  void make_room(Origin& origin);
  /// Keeps a connection for reuse.
  void put_idle(Origin& origin, std::unique_ptr<PooledConnection> connection, SteadyTime now);
  /// Closes what is not to be used any more, and keeps the addresses of what is in use young.
  void sweep(SteadyTime now);

 private:
  bool usable(const Origin& origin, PooledConnection& connection, SteadyTime now) const;

  ClientSettings settings_;
  std::unordered_map<std::string, Origin> origins_;
};

/// The right to one connection of an origin, or a place in the queue for it: first come, first served. Destroyed, it
/// passes on to who has waited longest.
class ConnectionPool::Place {
 public:
  /// `owner` is woken when the right is there.
  Place(ConnectionPool& pool, Origin& origin, Waiter& owner);
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  bool granted() const { return granted_; }
  /// Neither granted nor in the queue, which is full.
  bool refused() const { return !granted_ && !queued_; }

 private:
  Origin& origin_;
  Waiter& owner_;
  bool granted_ = false;
  bool queued_ = false;
  std::list<Place*>::iterator where_;
};

}  // namespace signet::net
