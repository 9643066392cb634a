// The HTTP/1.1 server: an acceptor that deals connections to workers, and connections that answer one request at a
// time.
//
// What the server decides itself is framing, caps and timeouts; everything else is the handler's.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/base/error.hpp"
#include "router/http/egress.hpp"
#include "router/http/message.hpp"
#include "router/net/event_loop.hpp"
#include "router/net/tls_failure.hpp"

namespace signet::net {

/// Lifetime: views live until the responder is used or dropped, or its request is abandoned.
struct ServerRequest {
  http::Method method = http::Method::other;
  std::string_view target;
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  std::string_view body;
  http::IpAddress peer;               ///< all zero on unix sockets
  std::chrono::nanoseconds waited{};  ///< for its turn, after its first bytes had come

  /// The first value of the field; empty when there is none.
  std::string_view header(std::string_view name) const;
  size_t count(std::string_view name) const;
};

struct ServerResponse {
  int status = 200;
  std::string fields;  ///< complete lines, "name: value\r\n" each; without Content-Length, Connection and Date
  std::string body;
  bool close = false;  ///< close the connection after this answer
};

class ServerConnection;

/// Answers one request, once. Dropping it unused answers 500.
/// Threads: the worker's that handed it out.
class Responder {
 public:
  explicit Responder(std::shared_ptr<ServerConnection> connection);
  Responder(Responder&&) noexcept;
  Responder& operator=(Responder&&) noexcept = delete;
  ~Responder();

  void send(ServerResponse response);
  /// An empty text to write the answer's body into; it may have room that an earlier answer needed. Before send().
  std::string buffer();
  /// `abandon` runs, once, when the client has closed its end before the answer; what is sent afterwards goes nowhere.
  /// Without it, the request is handled to its end. A FIN counts as closing: who only half-closes and waits is not told
  /// from who is gone.
  void on_abandoned(std::move_only_function<void()> abandon);

 private:
  std::shared_ptr<ServerConnection> connection_;
};

/// Threads: called on the worker of the connection.
class ServerHandler {
 public:
  virtual ~ServerHandler() = default;

  /// The head is complete, the body not awaited. An answer refuses the request: it is sent and the connection closed.
  virtual std::optional<ServerResponse> admit(const ServerRequest& head) = 0;
  virtual void handle(const ServerRequest& request, Responder responder) = 0;
  /// The answer to something the server refuses itself: framing, caps, slowness. `head` is null while it is unknown.
  virtual ServerResponse refuse(int status, ErrorCode code, std::string_view message, const ServerRequest* head) = 0;
  /// A client did not get as far as a request.
  virtual void handshake_failed(const TlsProblem&) {}
  /// A client was disconnected because it did not take its answer, and answers that wait were too many.
  virtual void slow_reader_disconnected() {}
};

class ServerTls;

struct ServerSettings {
  std::chrono::milliseconds head_timeout{10'000};   ///< first byte to end of head; and the whole TLS handshake
  std::chrono::milliseconds body_timeout{30'000};   ///< end of head to end of body
  std::chrono::milliseconds idle_timeout{60'000};   ///< between requests
  std::chrono::milliseconds write_timeout{30'000};  ///< one answer
  uint64_t body_bytes_max = 2'000'000;
  uint64_t unread_bytes_max = 64u << 20;  ///< of answers that clients have not taken yet, in all
  size_t connections_max = 10'000;
  size_t handshakes_max = 1'024;         ///< TLS handshakes under way, in all
  std::shared_ptr<const ServerTls> tls;  ///< null: plain
};

struct ListenAddress {
  std::string host;   ///< IP address; empty with unix_path
  uint16_t port = 0;  ///< 0: any free port
  std::string unix_path;
};

/// Accepts on one address and deals each connection to the worker with the fewest.
/// Lifetime: destroyed when its loops have stopped, before they are destroyed.
/// Threads: methods on the accepting loop, before or while it runs.
class HttpServer {
 public:
  /// `handlers[i]` serves the connections of `workers[i]`; both outlive the server.
  HttpServer(EventLoop& acceptor, std::vector<EventLoop*> workers, std::vector<ServerHandler*> handlers,
             ServerSettings settings);
  ~HttpServer();

  /// Binds and starts accepting. Errors: the system's words, with the address.
  std::expected<void, std::string> listen(const ListenAddress& address);
  /// The bound port, for `port: 0`.
  uint16_t port() const;

  /// Connections accepted from now on are offered this; those that are open keep what they have.
  /// Threads: the acceptor's.
  void use_tls(const std::shared_ptr<const ServerTls>& tls);

  /// Marks every later answer `Connection: close`. Threads: any.
  void start_draining();
  /// Stops accepting and closes connections that have been idle for half a second; busy ones finish. Threads: the
  /// acceptor's.
  void stop_accepting();
  /// Closes everything at once. Threads: the acceptor's, workers still running.
  void close_all();

  size_t connections() const;         ///< Threads: any
  size_t requests_in_flight() const;  ///< Threads: any
  /// Of answers that clients have not taken yet. Threads: any.
  uint64_t unread_bytes() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace signet::net
