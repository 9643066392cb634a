// WorkerServer: one worker's client connections, in the order in which they are due, and what it does about those that
// have said nothing for too long.
#pragma once

#include <array>
#include <atomic>
#include <boost/intrusive/list.hpp>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "router/net/http_server.hpp"
#include "router/net/peer_watch.hpp"
#include "router/net/server_connection.hpp"
#include "router/net/spare_buffers.hpp"
#include "router/net/turns.hpp"
#include "router/net/unread_answers.hpp"

namespace signet::net {

/// Counters that the acceptor and the admin pages read across threads.
struct ServerCounters {
  std::atomic<size_t> connections{0};
  std::atomic<size_t> handshakes{0};  ///< of those: whose TLS handshake is not over
  std::atomic<size_t> in_flight{0};
  std::atomic<uint64_t> unread_bytes{0};
  std::atomic<bool> draining{false};
};

/// Threads: its loop's, unless said otherwise.
class WorkerServer : public std::enable_shared_from_this<WorkerServer> {
 public:
  WorkerServer(EventLoop& loop, ServerHandler& handler, const ServerSettings& settings,
               std::shared_ptr<ServerCounters> totals);

  /// Starts the deadline sweep. Threads: any.
  void start();
  /// Takes over a connected socket. Threads: any; the connection starts on the worker.
  void adopt(int descriptor, http::IpAddress peer, bool unix_domain);
  /// For connections adopted from now on. Threads: any.
  void use_tls(std::shared_ptr<const ServerTls> tls);
  /// Closes idle connections, each when it has been quiet for a moment, so that no request crosses its closing; busy
  /// ones finish. Threads: any.
  void leave();
  /// Closes the longest of the connections that have said nothing yet; if there are none, of those that have been quiet
  /// for long, in both cases a share of all; if there are none either, at most `unfinished` of those whose request has
  /// been incomplete for longest. Threads: any.
  void make_room(size_t unfinished);
  /// Closes at most `most` of those whose TLS handshake has taken longest, but none that has only begun. Threads: any.
  void make_room_for_handshakes(size_t most);
  void close_all();
  size_t connections() const { return connections_count_.load(std::memory_order_relaxed); }

 private:
  friend class ServerConnection;
  // Who enters a phase is due last of those in it: each list is in the order of deadlines.
  using Connections = boost::intrusive::list<ServerConnection, boost::intrusive::base_hook<ConnectionHook>,
                                             boost::intrusive::constant_time_size<false>>;
  static constexpr size_t kReadBufferBytes = 64u << 10;
  static constexpr std::chrono::milliseconds kSweepInterval{50};

  Connections& in(Phase phase) { return phases_[static_cast<size_t>(phase)]; }
  std::chrono::milliseconds time_for(Phase phase) const;
  void sweep();
  void expire_due();
  void look_for_left();
  void abandon_some();
  bool close_quiet(std::chrono::milliseconds least, bool silent_only);
  size_t close_unfinished(Phase phase, std::chrono::milliseconds least, size_t most);

  EventLoop& loop_;
  ServerHandler& handler_;
  ServerSettings settings_;
  const Phase first_phase_;  // of each connection
  std::shared_ptr<ServerCounters> totals_;
  std::atomic<size_t> connections_count_{0};
  std::array<Connections, kPhases> phases_;
  Connections long_handled_;  // since before the last sweep: their clients are watched
  Connections expired_;       // told so, and not yet in another phase
  UnreadAnswers unread_;
  PeerWatch peers_;
  std::deque<std::weak_ptr<ServerConnection>> left_;  // whose clients have left, to be abandoned
  std::vector<char> read_buffer_;  // shared by all connections: nothing survives in it across an await
  SpareBuffers spare_buffers_;
  Turns turns_;
  std::string date_field_;
  std::unique_ptr<Timer> sweep_timer_, abandon_timer_;
  uint64_t sweeps_ = 0;
  bool leaving_ = false;
};

}  // namespace signet::net
