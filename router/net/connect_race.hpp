// ConnectRace: connects to the first of several endpoints that answers.
//
// The next endpoint is tried when the one before has failed, or has not answered for 250 ms; whoever connects first
// wins, and the others are closed.
// Spec: RFC 8305, section 5, without its sorting
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "router/base/clock.hpp"
#include "router/net/stream.hpp"

namespace signet::net {

/// Of local sockets there is one, and no other endpoint beside it. Threads: its event loop's.
class ConnectRace : public std::enable_shared_from_this<ConnectRace> {
 public:
  using Endpoint = boost::asio::generic::stream_protocol::endpoint;
  static constexpr std::chrono::milliseconds kHeadStart{250};

  ConnectRace(boost::asio::io_context& context, const std::vector<Endpoint>& endpoints);

  /// Ends when one endpoint has connected, all have failed, or the race was cancelled.
  Awaitable<void> run();
  void cancel() { end(); }

  /// The index of the endpoint that connected; the number of endpoints when none has.
  size_t winner() const { return winner_; }
  bool won() const { return winner_ < attempts_.size(); }
  Socket& socket() { return attempts_[winner_].socket; }
  /// The error of the attempt that failed last.
  error_code error() const { return error_; }
  /// Whether the endpoint refused, or has had its head start and not answered.
  bool failed(size_t index, SteadyTime now) const;

 private:
  struct Attempt {
    Endpoint endpoint;
    Socket socket;
    SteadyTime started = SteadyTime::max();
    bool failed = false;
  };

  void start_next();
  void connect_local(size_t index);
  void connected(size_t index, error_code error);
  void end();

  std::vector<Attempt> attempts_;  // of fixed size: operations refer to its sockets
  boost::asio::steady_timer next_, over_timer_;
  size_t started_ = 0;
  size_t failed_ = 0;
  size_t winner_;
  bool over_ = false;
  error_code error_;
};

}  // namespace signet::net
