#include "router/net/connection_pool.hpp"

#include <algorithm>

namespace signet::net {

bool ConnectionPool::usable(PooledConnection& connection, SteadyTime now) const {
  return now - connection.idle_since < settings_.idle_timeout && now - connection.opened < settings_.age_max &&
         !connection.stream.stale();
}

std::unique_ptr<PooledConnection> ConnectionPool::take_idle(const std::string& origin, SteadyTime now) {
  auto& idle = origins_[origin].idle;
  while (!idle.empty()) {
    auto connection = std::move(idle.back());  // the youngest: the others may age out
    idle.pop_back();
    if (usable(*connection, now)) {
      connection->reused = true;
      return connection;
    }
  }
  return nullptr;
}

bool ConnectionPool::reserve(const std::string& origin) {
  Origin& pool = origins_[origin];
  if (pool.busy >= settings_.connections_per_origin_max) return false;
  ++pool.busy;
  return true;
}

void ConnectionPool::release(const std::string& origin) {
  Origin& pool = origins_[origin];
  --pool.busy;
  while (!pool.waiting.empty()) {
    auto wake = pool.waiting.front().lock();
    pool.waiting.pop_front();
    if (wake) {
      (*wake)();
      return;
    }
  }
}

void ConnectionPool::put_idle(const std::string& origin, std::unique_ptr<PooledConnection> connection, SteadyTime now) {
  connection->idle_since = now;
  origins_[origin].idle.push_back(std::move(connection));
  release(origin);
}

void ConnectionPool::wait(const std::string& origin, std::weak_ptr<std::function<void()>> wake) {
  origins_[origin].waiting.push_back(std::move(wake));
}

std::shared_ptr<SessionSlot> ConnectionPool::session_slot(const std::string& origin) {
  const auto found = sessions_.find(origin);
  if (found != sessions_.end()) return found->second;
  if (sessions_.size() >= kSessionsMax) sessions_.clear();  // profiles that are no more
  return sessions_.emplace(origin, std::make_shared<SessionSlot>()).first->second;
}

void ConnectionPool::sweep(SteadyTime now) {
  for (auto& [name, origin] : origins_) {
    std::erase_if(origin.idle, [&](const auto& connection) { return !usable(*connection, now); });
  }
  std::erase_if(origins_, [](const auto& entry) {
    return entry.second.idle.empty() && entry.second.busy == 0 && entry.second.waiting.empty();
  });
}

}  // namespace signet::net
