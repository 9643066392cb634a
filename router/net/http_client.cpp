#include "router/net/http_client.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "router/http/content_coding.hpp"
#include "router/net/asio_address.hpp"
#include "router/net/client_tls.hpp"
#include "router/net/connect_race.hpp"
#include "router/net/connection_pool.hpp"
#include "router/net/deadline_queue.hpp"
#include "router/net/response_reader.hpp"
#include "router/net/tls_session.hpp"

namespace signet::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using http::TransportError;

namespace {

constexpr std::chrono::milliseconds kSweepInterval{20};
constexpr std::chrono::milliseconds kPoolSweepInterval{200};
constexpr size_t kExpiredPerTurn = 64;  // others have their turn between

class ClientExchange;

}  // namespace

struct HttpClient::Impl : std::enable_shared_from_this<HttpClient::Impl> {
  Impl(EventLoop& event_loop, Resolver& names, ClientSettings settings)
      : loop(event_loop), resolver(names), pool(settings), read_buffer(64u << 10) {}

  void start(std::shared_ptr<ClientExchange> exchange);
  void start_all();
  void sweep();
  void expire_some();

  EventLoop& loop;
  Resolver& resolver;
  ConnectionPool pool;
  std::vector<char> read_buffer;  // shared: nothing survives in it across an await
  DeadlineQueue deadlines;
  std::vector<std::shared_ptr<ClientExchange>> starting, going;
  bool expiring = false;
  std::unique_ptr<Timer> sweep_timer;
  SteadyTime swept{};  // the pool, last
};

namespace {

// One request and its answer.
class ClientExchange final : public http::Exchange,
                             public Waiter,
                             public DeadlineQueue::Entry,
                             public std::enable_shared_from_this<ClientExchange> {
 public:
  ClientExchange(std::shared_ptr<HttpClient::Impl> client, http::Request request, SteadyTime deadline, http::Sink& sink)
      : client_(std::move(client)), request_(std::move(request)), to_(*request_.to), deadline_(deadline), sink_(&sink) {
    if (to_.url.tls()) tls_key_ = fmt::format("{} {}", to_.origin, tls().id());
  }

  void watch_deadline() { client_->deadlines.put(*this, deadline_); }

  void start() {
    asio::co_spawn(client_->loop.context(), [self = shared_from_this()]() { return self->run(); }, asio::detached);
  }

  void cancel() override {
    sink_ = nullptr;
    abort();
  }

  void wake() override {
    if (waiting_ != nullptr) waiting_->cancel();
  }

 private:
  /// What an attempt came to.
  struct Attempt {
    std::optional<http::Failure> failure;
    bool no_byte_came = false;  ///< on a connection that had served before, so that it may just have died
    bool cut = false;           ///< the request did not get through whole, though there is an answer
  };

  static std::unexpected<http::Failure> failure(TransportError error, std::string detail) {
    return std::unexpected(http::Failure{error, std::move(detail)});
  }

  void expire() override {
    timed_out_ = true;
    deadline_ = SteadyTime::max();
    abort();
  }

  // Ends whatever is awaited.
  void abort() {
    if (race_) race_->cancel();
    if (connection_) connection_->stream.close();
    wake();
  }

  const ClientTls& tls() const { return to_.tls ? static_cast<const ClientTls&>(*to_.tls) : *ClientTls::system(); }
  // Which connections may serve this request: those to its origin and, with TLS, under its profile.
  const std::string& key() const { return tls_key_.empty() ? to_.origin : tls_key_; }

  bool over() const { return timed_out_ || sink_ == nullptr; }

  // The ordinary way from end to end; what is rare has coroutines of its own.
  Awaitable<void> run() {
    ConnectionPool::Origin& origin = client_->pool.origin(key());
    std::optional<ConnectionPool::Place> place(std::in_place, client_->pool, origin, *this);
    while (!place->granted() && !place->refused() && !over()) co_await wait(SteadyTime::max());
    Attempt attempt = no_place(*place);
    for (bool first = true; place->granted() && !over(); first = false) {
      if (first) connection_ = client_->pool.take_idle(origin, std::chrono::steady_clock::now());
      if (!connection_) {
        client_->pool.make_room(origin);
        if (auto opened = co_await open(origin); !opened) {
          attempt = {.failure = std::move(opened.error())};
          break;
        }
      }
      Stream& stream = connection_->stream;
      const std::string head = request_head();
      Stream::Buffers buffers{asio::buffer(head), asio::buffer(request_.body)};
      // A server may answer, and close, before it has read the request: its answer may be there all the same.
      error_code unsent, error;
      response_.emplace(to_.response_bytes_max);
      if (!stream.try_write(buffers, unsent) && !unsent) co_await send_rest(buffers, unsent, error);
      while (!error && !response_->over()) {
        if (!stream.buffered()) std::tie(error) = co_await stream.wait_readable();
        if (!error) read_some(error);
      }
      attempt = judge(error, unsent);
      put_back(origin, attempt);
      if (!first || !attempt.no_byte_came || !request_.idempotent) break;
    }
    place.reset();
    report(attempt);
  }

  // Sends what the network did not take at once, and reads meanwhile: who has answered may read no more, and needs no
  // more. `unsent`: why the request did not get through whole; `error`: of reading.
  Awaitable<void> send_rest(Stream::Buffers buffers, error_code& unsent, error_code& error) {
    Stream& stream = connection_->stream;
    do {
      if (!stream.buffered()) error = co_await stream.wait_any();
      if (!error) read_some(error);
    } while (!error && !response_->over() && !stream.try_write(buffers, unsent) && !unsent);
    if (response_->over()) unsent = asio::error::broken_pipe;
    response_->keep_body();
  }

  // Steps of run(), but not inlined: what is, lives in its frame, and Asio and the allocator are quick with small ones.

  [[gnu::noinline]] Attempt no_place(const ConnectionPool::Place& place) const {
    if (over()) return failed(TransportError::timeout, "no connection to " + to_.origin + " became free in time");
    if (place.refused()) {
      return failed(TransportError::unreachable, "too many requests wait for a connection to " + to_.origin);
    }
    return {};
  }

  // Spec: RFC 9112 §2.1
  [[gnu::noinline]] std::string request_head() const {
    const fmt::format_int length(request_.body.size());
    std::string head;
    head.reserve(64 + to_.head_begin.size() + request_.headers.lines().size());
    head.append(to_.head_begin).append(request_.headers.lines());
    head.append("Content-Length: ").append(length.data(), length.size()).append("\r\n\r\n");
    return head;
  }

  [[gnu::noinline]] void read_some(error_code& error) {
    response_->pull(client_->read_buffer,
                    [&](std::span<char> into) { return connection_->stream.read_some(into, error); });
    if (error == asio::error::would_block || error == asio::error::try_again) error = {};
  }

  // What the round trip came to, that ended with `error` or with a response; `unsent`: why the request did not get
  // through whole.
  [[gnu::noinline]] Attempt judge(error_code error, const error_code& unsent) {
    if (error == asio::error::eof && response_->started()) {
      error = {};
      response_->end();
    }
    if (unsent && !response_->started() && !is_alert(error)) error = unsent;
    // Under TLS 1.3 the peer looks at our certificate when our side of the handshake is over: what it has against it
    // comes where the answer should.
    if (is_alert(error) && !response_->started() && !connection_->reused) {
      return failed(TransportError::tls, fmt::format("TLS with {}: {}", to_.origin, error.message()));
    }
    if (error) {
      Attempt attempt = failed(response_->started() ? TransportError::protocol : TransportError::unreachable,
                               fmt::format("{}: {}", to_.origin, error.message()));
      attempt.no_byte_came = !response_->started() && connection_->reused;
      return attempt;
    }
    if (response_->state() == ResponseReader::State::failed) {
      return failed(response_->error(), fmt::format("{}: {}", to_.origin, response_->problem()));
    }
    const uint64_t decoded_bytes_max = to_.decoded_bytes_max > 0 ? to_.decoded_bytes_max : to_.response_bytes_max;
    auto decoded = http::decode_content(response_->headers(), std::move(response_->body()),
                                        {.output_bytes_max = decoded_bytes_max});
    if (!decoded) return failed(TransportError::coding, fmt::format("{}: {}", to_.origin, decoded.error()));
    response_->body() = std::move(*decoded);
    return {.cut = unsent.failed()};
  }

  // The connection, to the pool when it may serve others.
  [[gnu::noinline]] void put_back(ConnectionPool::Origin& origin, const Attempt& attempt) {
    if (attempt.failure && attempt.failure->error == TransportError::tls) note_tls_failed(origin);
    if (!attempt.failure && !attempt.cut && response_->reusable() && !over()) {
      client_->pool.put_idle(origin, std::move(connection_), std::chrono::steady_clock::now());
    } else {
      connection_.reset();
    }
  }

  // What it was that took too long.
  http::Failure late(const http::Failure& failure) const {
    if (failure.error == TransportError::timeout) return failure;
    const std::string_view what = !response_             ? "take a connection"
                                  : response_->started() ? "finish its answer"
                                                         : "answer";
    return {TransportError::timeout, fmt::format("{} did not {} in time", to_.origin, what)};
  }

  [[gnu::noinline]] void report(Attempt& attempt) {
    unlink();
    http::Sink* sink = std::exchange(sink_, nullptr);
    if (sink == nullptr) return;
    if (attempt.failure && timed_out_) attempt.failure = late(*attempt.failure);
    if (attempt.failure) return sink->fail(*attempt.failure);
    sink->head(response_->status(), std::move(response_->headers()));
    if (!response_->body().view().empty()) sink->whole(std::move(response_->body()));
    sink->end();
  }

  // Until wake() or `until`, whichever is first.
  Awaitable<void> wait(SteadyTime until) {
    asio::steady_timer timer(client_->loop.context(), until);
    const std::unique_ptr<asio::steady_timer*, void (*)(asio::steady_timer**)> shown(
        &waiting_, [](asio::steady_timer** waiting) { *waiting = nullptr; });
    waiting_ = &timer;
    error_code ignored;
    co_await timer.async_wait(asio::redirect_error(use_awaitable, ignored));
  }

  Awaitable<std::expected<void, http::Failure>> open(ConnectionPool::Origin& origin) {
    client_->deadlines.put(*this, std::min(deadline_, std::chrono::steady_clock::now() + to_.connect_timeout));
    auto opened = co_await connect(origin);
    if (!opened) co_return std::unexpected(opened.error());
    if (to_.url.tls()) {
      opened = co_await start_tls(origin);
      if (!opened) {
        note_tls_failed(origin);
        connection_.reset();
      }
    }
    client_->deadlines.put(*this, deadline_);
    co_return opened;
  }

  void note_tls_failed(ConnectionPool::Origin& origin) const {
    origin.session.reset();
    if (!origin.addresses || sink_ == nullptr) return;
    origin.addresses->failed(*connection_->address, std::chrono::steady_clock::now());
  }

  Awaitable<std::expected<void, http::Failure>> start_tls(ConnectionPool::Origin& origin) {
    Stream& stream = connection_->stream;
    if (!origin.session) origin.session = std::make_shared<SessionSlot>();
    auto session = tls().start(stream.descriptor(), to_.url, origin.session);
    std::string problem = "no certificate can carry this host";
    if (session) {
      auto done = co_await stream.handshake(std::move(session));
      auto valid = done ? check_server_certificate(*stream.tls()) : std::unexpected(done.error().detail);
      if (valid) co_return std::expected<void, http::Failure>();
      problem = std::move(valid.error());
    }
    co_return failure(TransportError::tls, fmt::format("TLS with {}: {}", to_.origin, problem));
  }

  Awaitable<std::expected<void, http::Failure>> connect(ConnectionPool::Origin& origin) {
    if (to_.url.scheme == http::Scheme::unix_socket) {
      co_return co_await connect_to({asio::local::stream_protocol::endpoint(to_.url.target)}, {}, nullptr);
    }
    if (!origin.addresses) origin.addresses = address_book();
    AddressBook& book = *origin.addresses;
    book.use(std::chrono::steady_clock::now());
    if (!book.known()) co_await wait_for_lookup(book, std::chrono::steady_clock::now() + AddressBook::kPatience);
    if (!book.known()) book.use_known();
    if (!book.known()) co_await wait_for_lookup(book, SteadyTime::max());
    http::Failure last =
        book.problem().empty()
            ? http::Failure{TransportError::timeout, to_.url.host + ": the name was not found in time"}
            : http::Failure{TransportError::unreachable, fmt::format("{}: {}", to_.url.host, book.problem())};
    // First the addresses that are not left out, then the others, then those that a new lookup brings.
    Addresses tried;
    for (bool looked_again = false; !over();) {
      const Addresses next = untried(book, tried, last);
      if (!next.empty()) {
        std::vector<ConnectRace::Endpoint> endpoints;
        for (const http::IpAddress& address : next) endpoints.emplace_back(to_endpoint(address, to_.url.port));
        auto connected = co_await connect_to(endpoints, next, &book);
        if (connected) co_return connected;
        last = connected.error();
        tried.insert(tried.end(), next.begin(), next.end());
      } else {
        if (looked_again || !book.look_again(std::chrono::steady_clock::now())) break;
        looked_again = true;
        co_await wait_for_lookup(book, std::chrono::steady_clock::now() + AddressBook::kLookAgainPatience);
      }
    }
    co_return std::unexpected(last);
  }

  std::shared_ptr<AddressBook> address_book() const {
    if (const auto literal = http::IpAddress::parse(to_.url.host)) return std::make_shared<AddressBook>(*literal);
    return std::make_shared<AddressBook>(client_->resolver, client_->loop, to_.url.host,
                                         client_->pool.settings().name_refresh_after);
  }

  Awaitable<void> wait_for_lookup(AddressBook& book, SteadyTime until) {
    if (book.asking()) book.tell(weak_from_this());
    while (book.asking() && !over() && std::chrono::steady_clock::now() < until) co_await wait(until);
  }

  // The addresses to connect to next, all of them either left out before or not. Those that are not allowed are passed
  // over, and `last` says so if nothing has been tried.
  Addresses untried(AddressBook& book, const Addresses& tried, http::Failure& last) const {
    Addresses next;
    std::optional<bool> ejected;
    for (const AddressBook::Candidate& candidate : book.candidates(std::chrono::steady_clock::now())) {
      if (std::ranges::find(tried, candidate.address) != tried.end()) continue;
      if (to_.egress) {
        if (auto allowed = to_.egress->check_address(candidate.address); !allowed) {
          if (tried.empty()) last = {TransportError::egress_denied, allowed.error()};
          continue;
        }
      }
      if (ejected && *ejected != candidate.ejected) break;
      ejected = candidate.ejected;
      next.push_back(candidate.address);
    }
    return next;
  }

  Awaitable<std::expected<void, http::Failure>> connect_to(const std::vector<ConnectRace::Endpoint>& endpoints,
                                                           const Addresses& addresses, AddressBook* book) {
    race_ = std::make_shared<ConnectRace>(client_->loop.context(), endpoints);
    co_await race_->run();
    const auto race = std::exchange(race_, nullptr);
    const SteadyTime now = std::chrono::steady_clock::now();
    for (size_t i = 0; i < addresses.size() && sink_ != nullptr; ++i) {
      if (race->failed(i, now)) book->failed(addresses[i], now);
    }
    error_code error = race->won() ? error_code() : race->error();
    if (over()) error = asio::error::timed_out;
    if (error) co_return failure(TransportError::unreachable, fmt::format("{}: {}", to_.origin, error.message()));
    Socket& socket = race->socket();
    if (book != nullptr) socket.set_option(tcp::no_delay(true), error);
    // The reactor has waited for the socket to become writable, and would be told about that again with every read: it
    // is made to forget.
    const asio::generic::stream_protocol protocol = endpoints[race->winner()].protocol();
    const auto descriptor = socket.release(error);
    if (!error) socket.assign(protocol, descriptor, error);
    if (error) co_return failure(TransportError::unreachable, fmt::format("{}: {}", to_.origin, error.message()));
    connection_ = std::make_unique<PooledConnection>(PooledConnection{
        Stream(std::move(socket)), now, book == nullptr ? std::nullopt : std::optional(addresses[race->winner()])});
    co_return std::expected<void, http::Failure>();
  }

  static Attempt failed(TransportError error, std::string detail) {
    return {.failure = http::Failure{error, std::move(detail)}};
  }

  std::shared_ptr<HttpClient::Impl> client_;
  http::Request request_;
  const http::Destination& to_;
  std::string tls_key_;
  SteadyTime deadline_;
  http::Sink* sink_;
  std::shared_ptr<ConnectRace> race_;
  asio::steady_timer* waiting_ = nullptr;
  std::unique_ptr<PooledConnection> connection_;
  std::optional<ResponseReader> response_;
  bool timed_out_ = false;
};

}  // namespace

// Requests go out together, when all that is there to be done in this turn of the loop is done: whom the first one
// wakes finds the others too, and is not woken for each.
void HttpClient::Impl::start(std::shared_ptr<ClientExchange> exchange) {
  exchange->watch_deadline();
  if (starting.empty()) loop.post([self = shared_from_this()] { self->start_all(); });
  starting.push_back(std::move(exchange));
}

void HttpClient::Impl::start_all() {
  going.swap(starting);
  for (const auto& exchange : going) exchange->start();
  going.clear();
}

void HttpClient::Impl::sweep() {
  const SteadyTime now = std::chrono::steady_clock::now();
  if (!expiring) expire_some();
  // Whoever takes a connection looks at it anyway: this only closes what nobody takes.
  if (now - swept >= kPoolSweepInterval) {
    swept = now;
    pool.sweep(now);
  }
  sweep_timer = loop.after(kSweepInterval, [this] { sweep(); });
}

void HttpClient::Impl::expire_some() {
  expiring = deadlines.expire(std::chrono::steady_clock::now(), kExpiredPerTurn);
  if (expiring) loop.post([self = shared_from_this()] { self->expire_some(); });
}

HttpClient::HttpClient(EventLoop& loop, Resolver& resolver, ClientSettings settings)
    : impl_(std::make_shared<Impl>(loop, resolver, settings)) {
  loop.post([impl = impl_] { impl->sweep(); });
}

HttpClient::~HttpClient() {
  impl_->starting.clear();  // each holds the client
}

std::shared_ptr<http::Exchange> HttpClient::send(http::Request request, SteadyTime deadline, http::Sink& sink) {
  auto exchange = std::make_shared<ClientExchange>(impl_, std::move(request), deadline, sink);
  impl_->start(exchange);
  return exchange;
}

}  // namespace signet::net
