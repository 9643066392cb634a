// ServerConnection: one client connection, from its first byte to its close; and the worker that owns it.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "router/base/clock.hpp"
#include "router/net/framing_guard.hpp"
#include "router/net/http_server.hpp"
#include "router/net/message_parser.hpp"
#include "router/net/stream.hpp"

namespace signet::net {

/// Counters that the acceptor and the admin pages read across threads.
struct ServerCounters {
  std::atomic<size_t> connections{0};
  std::atomic<size_t> in_flight{0};
  std::atomic<bool> draining{false};
};

/// One worker's connections, its read buffer and its deadline sweep.
class WorkerServer : public std::enable_shared_from_this<WorkerServer> {
 public:
  WorkerServer(EventLoop& loop, ServerHandler& handler, const ServerSettings& settings,
               std::shared_ptr<ServerCounters> totals);

  /// Starts the deadline sweep.
  void start();
  /// Takes over a connected socket. Threads: any; the connection starts on the worker.
  void adopt(int descriptor, http::IpAddress peer, bool unix_domain);
  /// For connections adopted from now on. Threads: any.
  void use_tls(std::shared_ptr<const ServerTls> tls);
  /// Closes idle connections, each when it has been quiet for a moment, so that no request crosses its closing; busy
  /// ones finish. Threads: any.
  void leave();
  /// Closes connections that have said nothing yet or, if there are none, those that have been quiet for long. Threads:
  /// any.
  void make_room();
  void close_all();
  size_t connections() const { return connections_count_.load(std::memory_order_relaxed); }

 private:
  friend class ServerConnection;
  static constexpr size_t kReadBufferBytes = 64u << 10;
  static constexpr std::chrono::milliseconds kSweepInterval{50};

  void sweep();
  void abandon_left();
  template <class Choice>
  bool close_idle(const Choice& choice);

  EventLoop& loop_;
  ServerHandler& handler_;
  ServerSettings settings_;
  std::shared_ptr<ServerCounters> totals_;
  std::atomic<size_t> connections_count_{0};
  std::unordered_set<ServerConnection*> connections_;
  std::vector<char> read_buffer_;  // shared by all connections: nothing survives in it across an await
  std::string date_field_;
  std::unique_ptr<Timer> sweep_timer_;
  uint64_t sweeps_ = 0;
  bool leaving_ = false;
};

class ServerConnection : public std::enable_shared_from_this<ServerConnection> {
 public:
  ServerConnection(std::shared_ptr<WorkerServer> worker, Socket socket, http::IpAddress peer);
  ~ServerConnection();

  boost::asio::awaitable<void> run();
  void respond(ServerResponse response);
  void on_abandoned(std::move_only_function<void()> abandon);
  /// Whether a handler has been at work for longer than a sweep, and would like to know that its client has left.
  bool may_be_abandoned(uint64_t sweep) const;
  void abandon();
  int descriptor() { return stream_.descriptor(); }
  void expire_if_due(SteadyTime now);
  /// How long it has waited for the first byte of a request; zero while it does not.
  std::chrono::milliseconds quiet(SteadyTime now) const;
  bool served() const { return served_; }
  void close();

 private:
  enum class Phase : uint8_t { handshake, idle, head, body, handling, writing, lingering };
  enum class Next : uint8_t { keep, close };

  boost::asio::awaitable<bool> handshake();
  boost::asio::awaitable<std::optional<Framing>> read_head();
  boost::asio::awaitable<Next> serve(const Framing& framing);
  boost::asio::awaitable<bool> read_body(RequestParser& parser, const ServerRequest& request);
  boost::asio::awaitable<bool> receive();
  boost::asio::awaitable<bool> send(const ServerResponse* response, bool keep_alive, bool head_only);
  boost::asio::awaitable<void> refuse(int status, ErrorCode code, std::string_view message, const ServerRequest* head);
  boost::asio::awaitable<void> wait_for_reply();
  void resume();
  boost::asio::awaitable<void> linger();
  void enter(Phase phase, std::chrono::milliseconds limit);

  std::shared_ptr<WorkerServer> worker_;
  Stream stream_;
  http::IpAddress peer_;
  Phase phase_ = Phase::idle;
  SteadyTime deadline_ = SteadyTime::max();
  bool expired_ = false;
  std::string head_;   // the current request's head; field views point into it
  std::string input_;  // bytes read and not yet used
  std::optional<ServerResponse> reply_;
  std::move_only_function<void()> resume_;
  std::move_only_function<void()> abandon_;  // set while a handler is at work that can be stopped
  uint64_t handling_since_sweep_ = 0;
  bool abandoned_ = false;
  bool served_ = false;
};

}  // namespace signet::net
