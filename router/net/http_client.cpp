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
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <list>

#include "router/http/content_coding.hpp"
#include "router/net/asio_address.hpp"
#include "router/net/connect_race.hpp"
#include "router/net/connection_pool.hpp"
#include "router/net/framing_guard.hpp"
#include "router/net/message_parser.hpp"

namespace signet::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using http::TransportError;

namespace {

constexpr std::chrono::milliseconds kSweepInterval{20};
constexpr int kInterimResponsesMax = 10;

class ClientExchange;

}  // namespace

struct HttpClient::Impl : std::enable_shared_from_this<HttpClient::Impl> {
  Impl(EventLoop& event_loop, Resolver& names, ClientSettings settings)
      : loop(event_loop), resolver(names), pool(settings), tls(make_client_tls_context()), read_buffer(64u << 10) {}

  void sweep();

  EventLoop& loop;
  Resolver& resolver;
  ConnectionPool pool;
  std::unique_ptr<asio::ssl::context> tls;
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
class ClientExchange final : public http::Exchange, public Waiter, public std::enable_shared_from_this<ClientExchange> {
 public:
  ClientExchange(std::shared_ptr<HttpClient::Impl> client, http::Request request, SteadyTime deadline, http::Sink& sink)
      : client_(std::move(client)),
        request_(std::move(request)),
        origin_(request_.url.scheme == http::Scheme::unix_socket ? "unix:" + request_.url.target
                                                                 : request_.url.origin()),
        deadline_(deadline),
        sink_(&sink) {}

  void start() {
    place_ = client_->active.insert(client_->active.end(), this);
    asio::co_spawn(client_->loop.context(), [self = shared_from_this()]() { return self->run(); }, asio::detached);
  }

  void cancel() override {
    sink_ = nullptr;
    abort();
  }

  void wake() override {
    if (waiting_ != nullptr) waiting_->cancel();
  }

  void expire_if_due(SteadyTime now) {
    if (now < deadline_ && now < connect_deadline_) return;
    timed_out_ = true;
    deadline_ = connect_deadline_ = SteadyTime::max();
    abort();
  }

 private:
  struct Outcome {
    bool good = false;
    bool no_byte_came = false;
    http::Failure failure;
    int status = 0;
    http::Headers headers;
    std::string body;
  };

  static std::unexpected<http::Failure> failure(TransportError error, std::string detail) {
    return std::unexpected(http::Failure{error, std::move(detail)});
  }

  // Ends whatever is awaited.
  void abort() {
    if (race_) race_->cancel();
    if (connection_) connection_->stream.close();
    wake();
  }

  bool over() const { return timed_out_ || sink_ == nullptr; }

  asio::awaitable<void> run() {
    // Never report from inside send(), whatever co_spawn does.
    co_await asio::post(client_->loop.context(), asio::use_awaitable);
    Outcome outcome = co_await attempt(true);
    if (!outcome.good && outcome.no_byte_came && request_.idempotent && !over()) outcome = co_await attempt(false);
    client_->active.erase(place_);
    if (timed_out_ && !outcome.good) outcome.failure = {TransportError::timeout, origin_ + " did not answer in time"};
    http::Sink* sink = std::exchange(sink_, nullptr);
    if (sink == nullptr) co_return;
    if (!outcome.good) {
      sink->fail(outcome.failure);
      co_return;
    }
    sink->head(outcome.status, outcome.headers);
    if (!outcome.body.empty()) sink->whole(std::move(outcome.body));
    sink->end();
  }

  asio::awaitable<Outcome> attempt(bool may_reuse) {
    Outcome outcome;
    outcome.failure = {TransportError::timeout, "no connection to " + origin_ + " became free in time"};
    ConnectionPool::Origin& origin = client_->pool.origin(origin_);
    const ConnectionPool::Place place(client_->pool, origin, *this);
    while (!place.granted() && !place.refused() && !over()) co_await wait(SteadyTime::max());
    if (over()) co_return outcome;
    if (place.refused()) {
      outcome.failure = {TransportError::unreachable, "too many requests wait for a connection to " + origin_};
      co_return outcome;
    }
    if (may_reuse) connection_ = client_->pool.take_idle(origin, std::chrono::steady_clock::now());
    if (!connection_) {
      client_->pool.make_room(origin);
      auto opened = co_await open(origin);
      if (!opened) {
        outcome.failure = std::move(opened.error());
        co_return outcome;
      }
    }
    const bool reused = connection_->reused;
    bool keep = false;
    outcome = co_await round_trip(keep);
    outcome.no_byte_came = outcome.no_byte_came && reused;
    if (keep && !over()) {
      client_->pool.put_idle(origin, std::move(connection_), std::chrono::steady_clock::now());
    } else {
      connection_.reset();
    }
    co_return outcome;
  }

  // Until wake() or `until`, whichever is first.
  asio::awaitable<void> wait(SteadyTime until) {
    asio::steady_timer timer(client_->loop.context(), until);
    const std::unique_ptr<asio::steady_timer*, void (*)(asio::steady_timer**)> shown(
        &waiting_, [](asio::steady_timer** waiting) { *waiting = nullptr; });
    waiting_ = &timer;
    error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  asio::awaitable<std::expected<void, http::Failure>> open(ConnectionPool::Origin& origin) {
    connect_deadline_ = std::chrono::steady_clock::now() + request_.connect_timeout;
    auto opened = co_await connect(origin);
    if (!opened) co_return std::unexpected(opened.error());
    if (request_.url.tls()) {
      const error_code error = co_await connection_->stream.handshake(client_->tls.get(), request_.url.host);
      if (error) {
        if (sink_ != nullptr) origin.addresses->failed(*connection_->address, std::chrono::steady_clock::now());
        connection_.reset();
        co_return failure(TransportError::tls, fmt::format("TLS with {}: {}", origin_, error.message()));
      }
    }
    connect_deadline_ = SteadyTime::max();
    co_return std::expected<void, http::Failure>();
  }

  asio::awaitable<std::expected<void, http::Failure>> connect(ConnectionPool::Origin& origin) {
    if (request_.url.scheme == http::Scheme::unix_socket) {
      co_return co_await connect_to({asio::local::stream_protocol::endpoint(request_.url.target)}, {}, nullptr);
    }
    if (!origin.addresses) origin.addresses = address_book();
    AddressBook& book = *origin.addresses;
    book.use(std::chrono::steady_clock::now());
    if (!book.known()) co_await wait_for_lookup(book, std::chrono::steady_clock::now() + AddressBook::kPatience);
    if (!book.known()) book.use_known();
    if (!book.known()) co_await wait_for_lookup(book, SteadyTime::max());
    http::Failure last{TransportError::unreachable, book.problem().empty()
                                                        ? origin_ + ": the name was not found in time"
                                                        : fmt::format("{}: {}", request_.url.host, book.problem())};
    // First the addresses that are not left out, then the others, then those that a new lookup brings.
    Addresses tried;
    for (bool looked_again = false; !over();) {
      const Addresses next = untried(book, tried, last);
      if (!next.empty()) {
        std::vector<ConnectRace::Endpoint> endpoints;
        for (const http::IpAddress& address : next) endpoints.emplace_back(to_endpoint(address, request_.url.port));
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
    if (const auto literal = http::IpAddress::parse(request_.url.host)) return std::make_shared<AddressBook>(*literal);
    return std::make_shared<AddressBook>(client_->resolver, client_->loop, request_.url.host,
                                         client_->pool.settings().name_refresh_after);
  }

  asio::awaitable<void> wait_for_lookup(AddressBook& book, SteadyTime until) {
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
      if (request_.egress) {
        if (auto allowed = request_.egress->check_address(candidate.address); !allowed) {
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

  asio::awaitable<std::expected<void, http::Failure>> connect_to(const std::vector<ConnectRace::Endpoint>& endpoints,
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
    if (error) co_return failure(TransportError::unreachable, fmt::format("{}: {}", origin_, error.message()));
    Socket& socket = race->socket();
    if (book != nullptr) socket.set_option(tcp::no_delay(true), error);
    // The reactor has waited for the socket to become writable, and would be told about that again with every read: it
    // is made to forget.
    const asio::generic::stream_protocol protocol = endpoints[race->winner()].protocol();
    const auto descriptor = socket.release(error);
    if (!error) socket.assign(protocol, descriptor, error);
    if (error) co_return failure(TransportError::unreachable, fmt::format("{}: {}", origin_, error.message()));
    connection_ = std::make_unique<PooledConnection>(PooledConnection{
        Stream(std::move(socket)), now, book == nullptr ? std::nullopt : std::optional(addresses[race->winner()])});
    co_return std::expected<void, http::Failure>();
  }

  asio::awaitable<Outcome> round_trip(bool& keep) {
    Outcome outcome;
    const std::string head = request_head(request_);
    error_code error = co_await connection_->stream.write({asio::buffer(head), asio::buffer(request_.body)});
    if (error) {
      outcome.no_byte_came = true;
      outcome.failure = {TransportError::unreachable, fmt::format("{}: {}", origin_, error.message())};
      co_return outcome;
    }
    std::string input;
    for (int responses = 0; responses <= kInterimResponsesMax; ++responses) {
      auto framing = co_await read_head(input, outcome);
      if (!framing) co_return outcome;
      const std::string response_head = input.substr(0, framing->head_bytes);
      ResponseParser parser(BodyLimits{request_.response_bytes_max});
      parser.put(asio::buffer(response_head), error);
      if (error == beast_http::error::need_more) error = {};
      if (!error && parser.status() >= 100 && parser.status() < 200) {
        if (parser.status() == 101) break;
        input.erase(0, framing->head_bytes);
        continue;
      }
      co_await read_body(parser, input, framing->head_bytes, error, outcome);
      if (!outcome.good) co_return outcome;
      outcome.status = parser.status();
      for (const auto& [name, value] : parser.fields()) outcome.headers.add(name, value);
      auto decoded = http::decode_content(outcome.headers, std::move(parser.body()),
                                          {.output_bytes_max = request_.response_bytes_max});
      if (!decoded) {
        outcome.good = false;
        outcome.failure = {TransportError::protocol, fmt::format("{}: {}", origin_, decoded.error())};
        co_return outcome;
      }
      outcome.body = std::move(*decoded);
      keep = framing->keep_alive && input.empty() && !parser.need_eof();
      co_return outcome;
    }
    outcome.failure = {TransportError::protocol, origin_ + " sent interim responses only, or switched protocols"};
    co_return outcome;
  }

  asio::awaitable<std::optional<Framing>> read_head(std::string& input, Outcome& outcome) {
    while (true) {
      if (!input.empty()) {
        const auto framing = check_response_head(input);
        if (!framing) {
          outcome.failure = {TransportError::protocol, fmt::format("{}: {}", origin_, framing.error().message)};
          co_return std::nullopt;
        }
        if (framing->head_bytes > 0) co_return *framing;
      }
      const error_code error = co_await connection_->stream.receive(&input, client_->read_buffer);
      if (error) {
        outcome.no_byte_came = input.empty();
        outcome.failure = {TransportError::unreachable, fmt::format("{}: {}", origin_, error.message())};
        co_return std::nullopt;
      }
    }
  }

  /// What comes after the first `skip` bytes of `input`; afterwards `input` holds what is beyond the answer.
  asio::awaitable<void> read_body(ResponseParser& parser, std::string& input, size_t skip, error_code error,
                                  Outcome& outcome) {
    while (true) {
      if (!error && !parser.is_done() && input.size() > skip) {
        skip += parser.put(asio::buffer(input) + skip, error);
        if (error == beast_http::error::need_more) error = {};
      }
      // Most often everything: nothing is moved then.
      input.erase(0, std::exchange(skip, 0));
      if (parser.body_too_large()) {
        outcome.failure = {TransportError::too_large,
                           fmt::format("{}: the answer exceeds {} bytes", origin_, request_.response_bytes_max)};
        co_return;
      }
      if (error) break;
      if (parser.is_done()) {
        outcome.good = true;
        co_return;
      }
      error = co_await connection_->stream.receive(&input, client_->read_buffer);
      if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
        error = {};
        parser.put_eof(error);  // ends a body that lasts until the connection closes
        if (!error) outcome.good = parser.is_done();
        if (outcome.good) co_return;
        break;
      }
      if (error) break;
    }
    outcome.failure = {TransportError::protocol, fmt::format("{}: the answer is cut short or malformed", origin_)};
  }

  std::shared_ptr<HttpClient::Impl> client_;
  http::Request request_;
  std::string origin_;
  SteadyTime deadline_;
  SteadyTime connect_deadline_ = SteadyTime::max();
  http::Sink* sink_;
  std::shared_ptr<ConnectRace> race_;
  asio::steady_timer* waiting_ = nullptr;
  std::unique_ptr<PooledConnection> connection_;
  std::list<ClientExchange*>::iterator place_;
  bool timed_out_ = false;
};

}  // namespace

void HttpClient::Impl::sweep() {
  const SteadyTime now = std::chrono::steady_clock::now();
  for (ClientExchange* exchange : active) exchange->expire_if_due(now);
  pool.sweep(now);
  sweep_timer = loop.after(kSweepInterval, [this] { sweep(); });
}

HttpClient::HttpClient(EventLoop& loop, Resolver& resolver, ClientSettings settings)
    : impl_(std::make_shared<Impl>(loop, resolver, settings)) {
  loop.post([impl = impl_] { impl->sweep(); });
}

HttpClient::~HttpClient() = default;

std::shared_ptr<http::Exchange> HttpClient::send(http::Request request, SteadyTime deadline, http::Sink& sink) {
  auto exchange = std::make_shared<ClientExchange>(impl_, std::move(request), deadline, sink);
  exchange->start();
  return exchange;
}

}  // namespace signet::net
