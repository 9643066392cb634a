#include "router/net/connection_pool.hpp"

namespace signet::net {

bool ConnectionPool::usable(const Origin& origin, PooledConnection& connection, SteadyTime now) const {
  if (connection.address && origin.addresses && !origin.addresses->lists(*connection.address)) return false;
  return now - connection.idle_since < settings_.idle_timeout && now - connection.opened < settings_.age_max &&
         !connection.stream.stale();
}

std::unique_ptr<PooledConnection> ConnectionPool::take_idle(Origin& origin, SteadyTime now) {
  while (!origin.idle.empty()) {
    auto connection = std::move(origin.idle.back());  // the youngest: the others may age out
    origin.idle.pop_back();
    if (usable(origin, *connection, now)) {
      connection->reused = true;
      return connection;
    }
  }
  return nullptr;
}

void ConnectionPool::make_room(Origin& origin) {
  while (!origin.idle.empty() && origin.idle.size() + origin.busy > settings_.connections_per_origin_max) {
    origin.idle.erase(origin.idle.begin());
  }
}

void ConnectionPool::put_idle(Origin& origin, std::unique_ptr<PooledConnection> connection, SteadyTime now) {
  connection->idle_since = now;
  origin.idle.push_back(std::move(connection));
}

void ConnectionPool::sweep(SteadyTime now) {
  constexpr std::chrono::minutes kRemembered{1};
  for (auto& [name, origin] : origins_) {
    std::erase_if(origin.idle, [&](const auto& connection) { return !usable(origin, *connection, now); });
    if (origin.busy == 0 && origin.idle.empty() && origin.used != SteadyTime{}) continue;
    origin.used = now;
    if (origin.addresses) origin.addresses->use(now);
  }
  std::erase_if(origins_,
                [&](const auto& entry) { return entry.second.busy == 0 && now - entry.second.used >= kRemembered; });
}

ConnectionPool::Place::Place(ConnectionPool& pool, Origin& origin, Waiter& owner) : origin_(origin), owner_(owner) {
  if (origin.busy < pool.settings_.connections_per_origin_max) {
    ++origin.busy;
    granted_ = true;
  } else if (origin.waiting.size() < pool.settings_.waiting_per_origin_max) {
    where_ = origin.waiting.insert(origin.waiting.end(), this);
    queued_ = true;
  }
}

ConnectionPool::Place::~Place() {
  if (queued_) origin_.waiting.erase(where_);
  if (!granted_) return;
  if (origin_.waiting.empty()) {
    --origin_.busy;
    return;
  }
  Place& next = *origin_.waiting.front();
  origin_.waiting.pop_front();
  next.queued_ = false;
  next.granted_ = true;
  next.owner_.wake();
}

}  // namespace signet::net
