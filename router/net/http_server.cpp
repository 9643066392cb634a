#include "router/net/http_server.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "router/net/asio_address.hpp"
#include "router/net/worker_server.hpp"

namespace signet::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using local = asio::local::stream_protocol;

namespace {

http::IpAddress peer_of(const tcp::endpoint& endpoint) {
  return to_ip(endpoint.address());
}

http::IpAddress peer_of(const local::endpoint&) {
  return {};
}

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
  Impl(EventLoop& loop, std::vector<EventLoop*> worker_loops, std::vector<ServerHandler*> handlers,
       const ServerSettings& server_settings)
      : acceptor_loop(loop), settings(server_settings), counters(std::make_shared<ServerCounters>()) {
    for (size_t i = 0; i < worker_loops.size(); ++i) {
      workers.push_back(std::make_shared<WorkerServer>(*worker_loops[i], *handlers[i], settings, counters));
      workers.back()->start();
    }
  }

  template <class Acceptor>
  Awaitable<void> accept_loop(Acceptor* acceptor) {
    auto self = shared_from_this();
    constexpr std::chrono::milliseconds kPause{20}, kSameShortage{100};
    constexpr size_t kUnfinishedMax = 256;
    SteadyTime short_since{};
    size_t unfinished = 0;
    while (acceptor->is_open()) {
      error_code error;
      const bool crowded = handshakes_full();
      if (!connections_full() && !crowded) {
        typename Acceptor::protocol_type::endpoint from;
        auto socket = co_await acceptor->async_accept(from, asio::redirect_error(use_awaitable, error));
        if (!error) {
          deal(std::move(socket), from);
          continue;
        }
        if (error == asio::error::operation_aborted || !acceptor->is_open()) break;
      } else {
        co_await acceptor->async_wait(Acceptor::wait_read, asio::redirect_error(use_awaitable, error));
        if (error) break;
      }
      // Full, or out of descriptors, and somebody waits: who says nothing makes room, and the backlog holds newcomers
      // while we wait without spinning. If that was not enough a moment ago, unfinished requests make room as well, and
      // the longer it lasts, the more. What stands in the way of handshakes is handshakes.
      const SteadyTime now = std::chrono::steady_clock::now();
      unfinished = now - short_since < kSameShortage ? std::clamp<size_t>(unfinished * 2, 1, kUnfinishedMax) : 0;
      short_since = now;
      for (const auto& worker : workers) {
        if (crowded) {
          worker->make_room_for_handshakes(unfinished);
        } else {
          worker->make_room(unfinished);
        }
      }
      asio::steady_timer pause(acceptor_loop.context(), kPause);
      co_await pause.async_wait(asio::redirect_error(use_awaitable, error));
    }
  }

  bool connections_full() const {
    return counters->connections.load(std::memory_order_relaxed) >= settings.connections_max;
  }
  bool handshakes_full() const {
    return counters->handshakes.load(std::memory_order_relaxed) >= settings.handshakes_max;
  }

  template <class PeerSocket, class Endpoint>
  void deal(PeerSocket socket, const Endpoint& from) {
    constexpr bool kUnix = std::is_same_v<Endpoint, local::endpoint>;
    error_code error;
    if constexpr (!kUnix) socket.set_option(tcp::no_delay(true), error);
    const int descriptor = socket.release(error);
    if (!error) least_loaded().adopt(descriptor, peer_of(from), kUnix);
  }

  // What the kernel has let in already is served: closing now would reset it.
  template <class Acceptor>
  void stop_accepting(std::optional<Acceptor>& acceptor) {
    if (!acceptor) return;
    error_code error;
    acceptor->non_blocking(true, error);
    while (!error && !connections_full() && !handshakes_full()) {
      typename Acceptor::protocol_type::endpoint from;
      auto socket = acceptor->accept(from, error);
      if (!error) deal(std::move(socket), from);
    }
    acceptor->close(error);
  }

  WorkerServer& least_loaded() {
    WorkerServer* best = workers.front().get();
    for (const auto& worker : workers) {
      if (worker->connections() < best->connections()) best = worker.get();
    }
    return *best;
  }

  std::expected<void, std::string> listen_tcp(const ListenAddress& address) {
    error_code error;
    const auto ip = asio::ip::make_address(address.host, error);
    if (error) return std::unexpected(fmt::format("{} is not an IP address", address.host));
    const tcp::endpoint endpoint(ip, address.port);
    auto& acceptor = tcp_acceptor.emplace(acceptor_loop.context());
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
      return std::unexpected(fmt::format("cannot listen on {}:{}: {}", address.host, address.port, error.message()));
    bound_port = acceptor.local_endpoint().port();
    asio::co_spawn(acceptor_loop.context(), accept_loop(&acceptor), asio::detached);
    return {};
  }

  std::expected<void, std::string> listen_unix(const std::string& path) {
    error_code error;
    ::unlink(path.c_str());  // left over from a process that was killed
    auto& acceptor = unix_acceptor.emplace(acceptor_loop.context());
    acceptor.open(local(), error);
    if (!error) acceptor.bind(local::endpoint(path), error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return std::unexpected(fmt::format("cannot listen on unix:{}: {}", path, error.message()));
    asio::co_spawn(acceptor_loop.context(), accept_loop(&acceptor), asio::detached);
    return {};
  }

  EventLoop& acceptor_loop;
  ServerSettings settings;
  std::shared_ptr<ServerCounters> counters;
  std::vector<std::shared_ptr<WorkerServer>> workers;
  std::optional<tcp::acceptor> tcp_acceptor;
  std::optional<local::acceptor> unix_acceptor;
  uint16_t bound_port = 0;
};

HttpServer::HttpServer(EventLoop& acceptor, std::vector<EventLoop*> workers, std::vector<ServerHandler*> handlers,
                       ServerSettings settings)
    : impl_(std::make_shared<Impl>(acceptor, std::move(workers), std::move(handlers), settings)) {}

// The accept coroutine holds the rest until the accepting loop dies, which may be after the workers' loops: what lives
// on those goes now.
HttpServer::~HttpServer() {
  impl_->workers.clear();
}

std::expected<void, std::string> HttpServer::listen(const ListenAddress& address) {
  return address.unix_path.empty() ? impl_->listen_tcp(address) : impl_->listen_unix(address.unix_path);
}

uint16_t HttpServer::port() const {
  return impl_->bound_port;
}

void HttpServer::use_tls(const std::shared_ptr<const ServerTls>& tls) {
  for (const auto& worker : impl_->workers) worker->use_tls(tls);
}

void HttpServer::start_draining() {
  impl_->counters->draining = true;
}

void HttpServer::stop_accepting() {
  impl_->stop_accepting(impl_->tcp_acceptor);
  impl_->stop_accepting(impl_->unix_acceptor);
  for (const auto& worker : impl_->workers) worker->leave();
}

void HttpServer::close_all() {
  for (const auto& worker : impl_->workers) worker->close_all();
}

size_t HttpServer::connections() const {
  return impl_->counters->connections;
}
uint64_t HttpServer::unread_bytes() const {
  return impl_->counters->unread_bytes;
}
size_t HttpServer::requests_in_flight() const {
  return impl_->counters->in_flight;
}

}  // namespace signet::net
