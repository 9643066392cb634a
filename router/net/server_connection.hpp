// ServerConnection: one client connection, from its first byte to its close.
#pragma once

#include <boost/intrusive/list.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "router/base/clock.hpp"
#include "router/net/framing_guard.hpp"
#include "router/net/http_server.hpp"
#include "router/net/message_parser.hpp"
#include "router/net/peer_watch.hpp"
#include "router/net/stream.hpp"

namespace signet::net {

class WorkerServer;

/// Where a connection stands. All that are in a phase have the same time for it. One that waits has sent something, and
/// its turn has not come.
enum class Phase : uint8_t { handshake, idle, waiting, last_call, head, body, handling, writing, lingering };
inline constexpr size_t kPhases = 9;

using ConnectionHook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// Threads: its worker's.
class ServerConnection : public std::enable_shared_from_this<ServerConnection>, public ConnectionHook {
 public:
  ServerConnection(std::shared_ptr<WorkerServer> worker, Socket socket, http::IpAddress peer);
  ~ServerConnection();

  /// Serves until it is closed. Lifetime: it lives as long as it waits for something.
  void start();
  /// See Responder::buffer().
  std::string spare_buffer();
  void respond(ServerResponse response);
  void on_abandoned(std::move_only_function<void()> abandon);
  /// Whether a handler has been at work since before that sweep.
  bool handled_since_before(uint64_t sweep) const { return handling_since_sweep_ < sweep; }
  /// Lets `peers` tell when the client leaves. True when it has told so already.
  bool watch(PeerWatch& peers);
  void peer_has_left() { peer_left_ = true; }
  /// Tells the handler that its client has left, if it would like to know, and has been at work since before `sweep`.
  void abandon(uint64_t sweep);
  /// When its phase has to be over.
  SteadyTime due() const { return deadline_; }
  void expire();
  /// Closes it for the sake of others.
  void make_room();
  /// When its phase began.
  SteadyTime since() const { return since_; }
  bool served() const { return served_; }
  /// Bytes lie there that its loop has not come to yet: closing it would reset the connection, and lose a request.
  bool has_asked() const { return stream_.has_bytes(); }
  void close();

 private:
  enum class Next : uint8_t { keep, close };

  void await_bytes(void (ServerConnection::*then)(error_code));
  void spawn();
  void begin_handshake(error_code silence);
  void wait_for_request();
  void begin_request(error_code error);
  void take_turn();
  Awaitable<void> run();
  Awaitable<bool> handshake();
  bool read();
  Awaitable<std::optional<Framing>> read_head();
  Awaitable<Next> serve(const Framing& framing);
  Awaitable<bool> read_body(RequestParser& parser, const ServerRequest& request);
  Awaitable<bool> receive();
  Awaitable<bool> send(const ServerResponse* response, bool keep_alive, bool head_only);
  Awaitable<void> refuse(int status, ErrorCode code, std::string_view message, const ServerRequest* head);
  auto wait_for_reply();
  void resume();
  Awaitable<void> linger();
  void enter(Phase phase);
  void leave_phase();
  void handshake_failed(TlsProblem problem);

  std::shared_ptr<WorkerServer> worker_;
  Stream stream_;
  http::IpAddress peer_;
  Phase phase_ = Phase::idle;
  SteadyTime since_;
  SteadyTime deadline_ = SteadyTime::max();
  std::chrono::nanoseconds waited_{};  // for its turn, the request that is read
  bool expired_ = false;
  bool made_room_ = false;
  std::string head_;   // the current request's head; field views point into it
  std::string input_;  // bytes read and not yet used
  std::optional<ServerResponse> reply_;
  std::move_only_function<void()> resume_;
  std::move_only_function<void()> abandon_;  // set while a handler is at work that can be stopped
  uint64_t handling_since_sweep_ = 0;
  bool abandoned_ = false;
  bool watched_ = false;
  bool peer_left_ = false;
  bool served_ = false;
};

}  // namespace signet::net
