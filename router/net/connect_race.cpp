#include "router/net/connect_race.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>
#include <sys/socket.h>

namespace signet::net {

namespace asio = boost::asio;

ConnectRace::ConnectRace(asio::io_context& context, const std::vector<Endpoint>& endpoints)
    : next_(context), over_timer_(context, SteadyTime::max()), winner_(endpoints.size()) {
  attempts_.reserve(endpoints.size());
  for (const Endpoint& endpoint : endpoints) attempts_.push_back({endpoint, Socket(context)});
}

Awaitable<void> ConnectRace::run() {
  start_next();
  error_code ignored;
  if (!over_) co_await over_timer_.async_wait(asio::redirect_error(use_awaitable, ignored));
}

void ConnectRace::start_next() {
  while (!over_ && started_ < attempts_.size()) {
    const size_t index = started_++;
    Attempt& attempt = attempts_[index];
    attempt.started = std::chrono::steady_clock::now();
    error_code error;
    attempt.socket.open(attempt.endpoint.protocol(), error);
    if (error) {
      connected(index, error);
      continue;
    }
    if (attempt.endpoint.protocol().family() == AF_UNIX) {
      connect_local(index);
      continue;
    }
    attempt.socket.async_connect(attempt.endpoint, [self = shared_from_this(), index](error_code result) {
      self->connected(index, result);
      if (result) self->start_next();
    });
    if (started_ == attempts_.size()) return;
    next_.expires_after(kHeadStart);
    return next_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled) self->start_next();
    });
  }
}

// A local socket does not queue who finds its listener's queue full: the system says EAGAIN, which is no connection
// that is under way. See connect(2).
void ConnectRace::connect_local(size_t index) {
  constexpr std::chrono::milliseconds kQueueFull{5};
  Attempt& attempt = attempts_[index];
  error_code error;
  attempt.socket.native_non_blocking(true, error);
  const bool refused = !error && ::connect(attempt.socket.native_handle(), attempt.endpoint.data(),
                                           static_cast<socklen_t>(attempt.endpoint.size())) != 0;
  if (refused) error = {errno, asio::error::get_system_category()};
  if (error != asio::error::try_again) return connected(index, error);
  next_.expires_after(kQueueFull);
  next_.async_wait([self = shared_from_this(), index](error_code cancelled) {
    if (!cancelled && !self->over_) self->connect_local(index);
  });
}

void ConnectRace::connected(size_t index, error_code error) {
  if (over_) return;
  if (!error) {
    winner_ = index;
    return end();
  }
  error_ = error;
  attempts_[index].failed = true;
  if (++failed_ == attempts_.size()) end();
}

void ConnectRace::end() {
  if (std::exchange(over_, true)) return;
  next_.cancel();
  error_code ignored;
  for (size_t i = 0; i < attempts_.size(); ++i) {
    if (i != winner_) attempts_[i].socket.close(ignored);
  }
  over_timer_.cancel();
}

bool ConnectRace::failed(size_t index, SteadyTime now) const {
  const Attempt& attempt = attempts_[index];
  return index != winner_ && (attempt.failed || (attempt.started < now && now - attempt.started >= kHeadStart));
}

}  // namespace signet::net
