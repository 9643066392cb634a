#include "router/net/worker_server.hpp"

#include <boost/asio/io_context.hpp>
#include <ctime>

#include "router/net/server_tls.hpp"

namespace signet::net {

namespace asio = boost::asio;

namespace {

std::string date_field() {
  char text[64];
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  const size_t length = std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
  return {text, length};
}

}  // namespace

WorkerServer::WorkerServer(EventLoop& loop, ServerHandler& handler, const ServerSettings& settings,
                           std::shared_ptr<ServerCounters> totals)
    : loop_(loop),
      handler_(handler),
      settings_(settings),
      first_phase_(settings.tls ? Phase::handshake : Phase::idle),
      totals_(std::move(totals)),
      unread_(totals_->unread_bytes, settings.unread_bytes_max, [this] { handler_.slow_reader_disconnected(); }),
      read_buffer_(kReadBufferBytes),
      turns_(loop),
      date_field_(date_field()) {}

void WorkerServer::start() {
  loop_.post([self = shared_from_this()] { self->sweep(); });
}

std::chrono::milliseconds WorkerServer::time_for(Phase phase) const {
  constexpr std::chrono::milliseconds kLastCall{1'000}, kLinger{1'000};
  switch (phase) {
    case Phase::handshake:
    case Phase::head:
      return settings_.head_timeout;
    case Phase::idle:
      return settings_.idle_timeout;
    case Phase::last_call:
      return std::min(settings_.idle_timeout, kLastCall);
    case Phase::body:
      return settings_.body_timeout;
    case Phase::writing:
      return settings_.write_timeout;
    case Phase::waiting:
    case Phase::handling:
    case Phase::lingering:
      break;
  }
  return kLinger;
}

void WorkerServer::sweep() {
  date_field_ = date_field();
  expire_due();
  look_for_left();
  unread_.keep_within_cap(std::chrono::steady_clock::now());  // another worker may have gone beyond it
  constexpr std::chrono::milliseconds kQuietWhenLeaving{500};
  if (leaving_) close_quiet(kQuietWhenLeaving, false);
  ++sweeps_;
  sweep_timer_ = loop_.after(kSweepInterval, [this] { sweep(); });
}

void WorkerServer::expire_due() {
  const SteadyTime now = std::chrono::steady_clock::now();
  constexpr size_t kExpiredPerSweep = 256;
  size_t count = 0;
  for (Connections& connections : phases_) {
    while (!connections.empty() && connections.front().due() <= now) {
      if (++count > kExpiredPerSweep) return;  // the next sweep goes on
      ServerConnection& due = connections.front();
      connections.pop_front();
      expired_.push_back(due);
      due.expire();
    }
  }
}

// Clients that left while their requests are handled. Nobody reads from those sockets meanwhile.
void WorkerServer::look_for_left() {
  Connections& handled = in(Phase::handling);
  while (!handled.empty() && handled.front().handled_since_before(sweeps_)) {
    ServerConnection& connection = handled.front();
    handled.pop_front();
    long_handled_.push_back(connection);
    if (connection.watch(peers_)) left_.push_back(connection.weak_from_this());
  }
  peers_.collect([this](void* owner) {
    auto* connection = static_cast<ServerConnection*>(owner);
    connection->peer_has_left();
    left_.push_back(connection->weak_from_this());
  });
  if (!abandon_timer_) abandon_some();
}

// Many that leave at once are as many events, which stand in front of everybody else's: between two parts the loop has
// time for those.
void WorkerServer::abandon_some() {
  constexpr size_t kAbandonedPerTurn = 64;
  constexpr std::chrono::milliseconds kPause{1};
  for (size_t i = 0; i < kAbandonedPerTurn && !left_.empty(); ++i) {
    if (const auto connection = left_.front().lock()) connection->abandon(sweeps_);
    left_.pop_front();
  }
  abandon_timer_ = left_.empty() ? nullptr : loop_.after(kPause, [this] { abandon_some(); });
}

void WorkerServer::adopt(int descriptor, http::IpAddress peer, bool unix_domain) {
  connections_count_.fetch_add(1, std::memory_order_relaxed);
  totals_->connections.fetch_add(1, std::memory_order_relaxed);
  if (first_phase_ == Phase::handshake) totals_->handshakes.fetch_add(1, std::memory_order_relaxed);
  loop_.post([this, self = shared_from_this(), descriptor, peer, unix_domain] {
    Socket socket(loop_.context());
    error_code error;
    socket.assign(asio::generic::stream_protocol(unix_domain ? AF_UNIX
                                                 : peer.v6   ? AF_INET6
                                                             : AF_INET,
                                                 unix_domain ? 0 : IPPROTO_TCP),
                  descriptor, error);
    auto connection = std::make_shared<ServerConnection>(self, std::move(socket), peer);
    if (!error) connection->start();
  });
}

void WorkerServer::use_tls(std::shared_ptr<const ServerTls> tls) {
  loop_.post([self = shared_from_this(), tls = std::move(tls)]() mutable { self->settings_.tls = std::move(tls); });
}

void WorkerServer::leave() {
  loop_.post([self = shared_from_this()] { self->leaving_ = true; });
}

void WorkerServer::make_room(size_t unfinished) {
  loop_.post([self = shared_from_this(), unfinished] {
    constexpr std::chrono::milliseconds kSilent{200}, kQuiet{1'000}, kHead{250}, kBody{1'000};
    if (self->close_quiet(kSilent, true) || self->close_quiet(kQuiet, false)) return;
    const size_t heads = self->close_unfinished(Phase::head, kHead, unfinished);
    self->close_unfinished(Phase::body, kBody, unfinished - heads);
  });
}

void WorkerServer::make_room_for_handshakes(size_t most) {
  loop_.post([self = shared_from_this(), most] {
    constexpr std::chrono::milliseconds kBegun{250};
    self->close_unfinished(Phase::handshake, kBegun, most);
  });
}

// Those that wait for the first byte of a request, for at least that long, a share of all at a time: room is asked for
// again as long as it is short, and clients that are all sent away at once come back at once. Whether there was one.
bool WorkerServer::close_quiet(std::chrono::milliseconds least, bool silent_only) {
  constexpr size_t kShare = 16;
  const size_t most = std::max<size_t>(1, connections() / kShare);
  size_t closed = 0;
  const SteadyTime until = std::chrono::steady_clock::now() - least;
  for (const Phase phase : {Phase::handshake, Phase::idle, Phase::last_call}) {
    for (ServerConnection& connection : in(phase)) {
      if (closed == most || connection.since() > until) break;
      if ((silent_only && connection.served()) || connection.has_asked()) continue;
      connection.close();
      ++closed;
    }
  }
  return closed > 0;
}

// The first `most` of those that have been in `phase` for at least that long; how many there were.
size_t WorkerServer::close_unfinished(Phase phase, std::chrono::milliseconds least, size_t most) {
  size_t closed = 0;
  const SteadyTime until = std::chrono::steady_clock::now() - least;
  for (ServerConnection& connection : in(phase)) {
    if (closed == most || connection.since() > until) break;
    connection.make_room();
    ++closed;
  }
  return closed;
}

void WorkerServer::close_all() {
  loop_.post([self = shared_from_this()] {
    for (Connections& connections : self->phases_) {
      for (ServerConnection& connection : connections) connection.close();
    }
    for (ServerConnection& connection : self->long_handled_) connection.close();
    for (ServerConnection& connection : self->expired_) connection.close();
  });
}

}  // namespace signet::net
