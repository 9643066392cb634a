#include "router/net/http_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <list>

#include "router/http/content_coding.hpp"
#include "router/net/asio_address.hpp"
#include "router/net/client_tls.hpp"
#include "router/net/connection_pool.hpp"
#include "router/net/response_reader.hpp"
#include "router/net/tls_session.hpp"

namespace signet::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using http::TransportError;

namespace {

constexpr std::chrono::milliseconds kSweepInterval{20};

class ClientExchange;

}  // namespace

struct HttpClient::Impl : std::enable_shared_from_this<HttpClient::Impl> {
  Impl(EventLoop& event_loop, ClientSettings settings) : loop(event_loop), pool(settings), read_buffer(64u << 10) {}

  void sweep();

  EventLoop& loop;
  ConnectionPool pool;
  std::vector<char> read_buffer;  // shared: nothing survives in it across an await
  std::list<ClientExchange*> active;
  std::unique_ptr<Timer> sweep_timer;
};

namespace {

std::string request_head(const http::Request& request) {
  std::string head = fmt::format(
      "{} {} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n", to_text(request.method),
      request.url.scheme == http::Scheme::unix_socket ? request.unix_path : request.url.target,
      request.url.scheme == http::Scheme::unix_socket ? "localhost" : request.url.authority(), request.body.size());
  for (const auto& [name, value] : request.headers) {
    head += name;
    head += ": ";
    head += value;
    head += "\r\n";
  }
  head += "\r\n";
  return head;
}

// One request and its answer.
class ClientExchange final : public http::Exchange, public std::enable_shared_from_this<ClientExchange> {
 public:
  ClientExchange(std::shared_ptr<HttpClient::Impl> client, http::Request request, SteadyTime deadline, http::Sink& sink)
      : client_(std::move(client)),
        request_(std::move(request)),
        origin_(request_.url.scheme == http::Scheme::unix_socket ? "unix:" + request_.url.target
                                                                 : request_.url.origin()),
        deadline_(deadline),
        sink_(&sink),
        resolver_(client_->loop.context()) {
    if (request_.url.tls()) tls_key_ = fmt::format("{} {}", origin_, tls().id());
  }

  void start() {
    place_ = client_->active.insert(client_->active.end(), this);
    asio::co_spawn(client_->loop.context(), [self = shared_from_this()]() { return self->run(); }, asio::detached);
    inside_send_ = false;
  }

  void cancel() override {
    sink_ = nullptr;
    abort();
  }

  void expire_if_due(SteadyTime now) {
    if (now < deadline_ && now < connect_deadline_) return;
    timed_out_ = true;
    deadline_ = connect_deadline_ = SteadyTime::max();
    abort();
  }

 private:
  /// What an attempt came to. `no_byte_came`: on a connection that had served before, so that it may just have died.
  struct Attempt {
    std::optional<http::Failure> failure;
    bool no_byte_came = false;
  };

  static std::unexpected<http::Failure> failure(TransportError error, std::string detail) {
    return std::unexpected(http::Failure{error, std::move(detail)});
  }

  // Ends whatever is awaited.
  void abort() {
    resolver_.cancel();
    if (connecting_ != nullptr) {
      error_code ignored;
      connecting_->close(ignored);
    }
    if (connection_) connection_->stream.close();
    if (wake_) (*wake_)();
  }

  const ClientTls& tls() const {
    return request_.tls ? static_cast<const ClientTls&>(*request_.tls) : *ClientTls::system();
  }
  // Which connections may serve this request: those to its origin and, with TLS, under its profile.
  const std::string& key() const { return tls_key_.empty() ? origin_ : tls_key_; }

  bool over() const { return timed_out_ || sink_ == nullptr; }

  asio::awaitable<void> run() {
    Attempt attempt = co_await try_once(true);
    if (attempt.no_byte_came && request_.idempotent && !over()) attempt = co_await try_once(false);
    // Never report from inside send().
    if (inside_send_) co_await asio::post(client_->loop.context(), asio::use_awaitable);
    client_->active.erase(place_);
    http::Sink* sink = std::exchange(sink_, nullptr);
    if (sink == nullptr) co_return;
    if (attempt.failure && timed_out_) {
      attempt.failure = http::Failure{TransportError::timeout, origin_ + " did not answer in time"};
    }
    if (attempt.failure) {
      sink->fail(*attempt.failure);
      co_return;
    }
    sink->head(response_->status(), response_->headers());
    if (!response_->body().empty()) sink->whole(std::move(response_->body()));
    sink->end();
  }

  asio::awaitable<Attempt> try_once(bool may_reuse) {
    while (!client_->pool.reserve(key())) {
      co_await wait_for_turn();
      if (over()) {
        co_return failed(TransportError::timeout, "no connection to " + origin_ + " became free in time");
      }
    }
    if (may_reuse) connection_ = client_->pool.take_idle(key(), std::chrono::steady_clock::now());
    if (!connection_) {
      auto opened = co_await open();
      if (!opened) {
        client_->pool.release(key());
        co_return Attempt{.failure = std::move(opened.error())};
      }
    }
    const bool reused = connection_->reused;
    Attempt attempt = co_await round_trip();
    attempt.no_byte_came = attempt.no_byte_came && reused;
    if (!attempt.failure && response_->reusable() && !over()) {
      client_->pool.put_idle(key(), std::move(connection_), std::chrono::steady_clock::now());
    } else {
      connection_.reset();
      client_->pool.release(key());
    }
    co_return attempt;
  }

  asio::awaitable<void> wait_for_turn() {
    asio::steady_timer turn(client_->loop.context(), SteadyTime::max());
    wake_ = std::make_shared<std::function<void()>>([&turn] { turn.cancel(); });
    client_->pool.wait(key(), wake_);
    error_code ignored;
    co_await turn.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    wake_.reset();
  }

  asio::awaitable<std::expected<void, http::Failure>> open() {
    connect_deadline_ = std::chrono::steady_clock::now() + request_.connect_timeout;
    auto opened = co_await connect();
    if (!opened) co_return std::unexpected(opened.error());
    if (request_.url.tls()) opened = co_await start_tls();
    connect_deadline_ = SteadyTime::max();
    co_return opened;
  }

  asio::awaitable<std::expected<void, http::Failure>> start_tls() {
    Stream& stream = connection_->stream;
    auto session = tls().start(stream.descriptor(), request_.url, client_->pool.session_slot(key()));
    std::string problem = "no certificate can carry this host";
    if (session) {
      auto done = co_await stream.handshake(std::move(session));
      auto valid = done ? check_server_certificate(*stream.tls()) : std::unexpected(done.error().detail);
      if (valid) co_return std::expected<void, http::Failure>();
      problem = std::move(valid.error());
    }
    client_->pool.forget_session(key());
    connection_.reset();
    co_return failure(TransportError::tls, fmt::format("TLS with {}: {}", origin_, problem));
  }

  asio::awaitable<std::expected<void, http::Failure>> connect() {
    if (request_.url.scheme == http::Scheme::unix_socket) {
      co_return co_await connect_to(asio::local::stream_protocol::endpoint(request_.url.target));
    }
    error_code error;
    std::vector<tcp::endpoint> endpoints;
    const auto literal = asio::ip::make_address(request_.url.host, error);
    if (!error) {
      endpoints.emplace_back(literal, request_.url.port);
    } else {
      error = {};
      const auto results = co_await resolver_.async_resolve(request_.url.host, std::to_string(request_.url.port),
                                                            tcp::resolver::numeric_service,
                                                            asio::redirect_error(asio::use_awaitable, error));
      if (error)
        co_return failure(TransportError::unreachable, fmt::format("{}: {}", request_.url.host, error.message()));
      for (const auto& result : results) endpoints.push_back(result.endpoint());
    }
    http::Failure last{TransportError::unreachable, request_.url.host + " has no address"};
    for (const tcp::endpoint& endpoint : endpoints) {
      if (over()) break;
      if (request_.egress) {
        if (auto allowed = request_.egress->check_address(to_ip(endpoint.address())); !allowed) {
          last = {TransportError::egress_denied, allowed.error()};
          continue;
        }
      }
      auto connected = co_await connect_to(endpoint);
      if (connected) co_return connected;
      last = connected.error();
    }
    co_return std::unexpected(last);
  }

  template <class Endpoint>
  asio::awaitable<std::expected<void, http::Failure>> connect_to(const Endpoint& endpoint) {
    constexpr bool kTcp = std::is_same_v<Endpoint, tcp::endpoint>;
    Socket socket(client_->loop.context());
    error_code error;
    socket.open(endpoint.protocol(), error);
    connecting_ = &socket;
    if (!error) {
      co_await socket.async_connect(asio::generic::stream_protocol::endpoint(endpoint),
                                    asio::redirect_error(asio::use_awaitable, error));
    }
    connecting_ = nullptr;
    if (!error && over()) error = asio::error::timed_out;
    if (error) co_return failure(TransportError::unreachable, fmt::format("{}: {}", origin_, error.message()));
    if constexpr (kTcp) socket.set_option(tcp::no_delay(true), error);
    // The reactor has waited for the socket to become writable, and would be told about that again with every read: it
    // is made to forget.
    const asio::generic::stream_protocol protocol = endpoint.protocol();
    const auto descriptor = socket.release(error);
    if (!error) socket.assign(protocol, descriptor, error);
    if (error) co_return failure(TransportError::unreachable, fmt::format("{}: {}", origin_, error.message()));
    connection_ = std::make_unique<PooledConnection>(
        PooledConnection{Stream(std::move(socket)), std::chrono::steady_clock::now()});
    co_return std::expected<void, http::Failure>();
  }

  asio::awaitable<Attempt> round_trip() {
    Stream& stream = connection_->stream;
    const std::string head = request_head(request_);
    Stream::Buffers buffers{asio::buffer(head), asio::buffer(request_.body)};
    error_code error;
    if (!stream.try_write(buffers, error) && !error) error = co_await stream.write(buffers);
    response_.emplace(request_.response_bytes_max);
    while (!error && !response_->over()) {
      if (!stream.buffered()) std::tie(error) = co_await stream.wait_readable();
      if (error) break;
      response_->pull(client_->read_buffer, [&](std::span<char> into) { return stream.read_some(into, error); });
      if (error == asio::error::would_block || error == asio::error::try_again) error = {};
    }
    if (error == asio::error::eof && response_->started()) {
      error = {};
      response_->end();
    }
    if (error) {
      Attempt attempt = failed(response_->started() ? TransportError::protocol : TransportError::unreachable,
                               fmt::format("{}: {}", origin_, error.message()));
      attempt.no_byte_came = !response_->started();
      co_return attempt;
    }
    if (response_->state() == ResponseReader::State::failed) {
      co_return failed(response_->error(), fmt::format("{}: {}", origin_, response_->problem()));
    }
    auto decoded = http::decode_content(response_->headers(), std::move(response_->body()),
                                        {.output_bytes_max = request_.response_bytes_max});
    if (!decoded) co_return failed(TransportError::protocol, fmt::format("{}: {}", origin_, decoded.error()));
    response_->body() = std::move(*decoded);
    co_return Attempt{};
  }

  static Attempt failed(TransportError error, std::string detail) {
    return {.failure = http::Failure{error, std::move(detail)}};
  }

  std::shared_ptr<HttpClient::Impl> client_;
  http::Request request_;
  std::string origin_;
  std::string tls_key_;
  SteadyTime deadline_;
  SteadyTime connect_deadline_ = SteadyTime::max();
  http::Sink* sink_;
  tcp::resolver resolver_;
  Socket* connecting_ = nullptr;
  std::unique_ptr<PooledConnection> connection_;
  std::shared_ptr<std::function<void()>> wake_;
  std::list<ClientExchange*>::iterator place_;
  std::optional<ResponseReader> response_;
  bool inside_send_ = true;
  bool timed_out_ = false;
};

}  // namespace

void HttpClient::Impl::sweep() {
  const SteadyTime now = std::chrono::steady_clock::now();
  for (ClientExchange* exchange : active) exchange->expire_if_due(now);
  pool.sweep(now);
  sweep_timer = loop.after(kSweepInterval, [this] { sweep(); });
}

HttpClient::HttpClient(EventLoop& loop, ClientSettings settings) : impl_(std::make_shared<Impl>(loop, settings)) {
  loop.post([impl = impl_] { impl->sweep(); });
}

HttpClient::~HttpClient() = default;

std::shared_ptr<http::Exchange> HttpClient::send(http::Request request, SteadyTime deadline, http::Sink& sink) {
  auto exchange = std::make_shared<ClientExchange>(impl_, std::move(request), deadline, sink);
  exchange->start();
  return exchange;
}

}  // namespace signet::net
