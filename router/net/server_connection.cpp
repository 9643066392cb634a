#include "router/net/server_connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "router/base/limits.hpp"
#include "router/net/server_tls.hpp"
#include "router/net/tls_session.hpp"
#include "router/net/worker_server.hpp"

namespace signet::net {

namespace asio = boost::asio;

namespace {

constexpr int kNoContent = 204;  // has no length either: RFC 9110 §8.6

constexpr size_t kInARow = 8;  // pipelined requests that are served before others have their turn

std::string head_of(const ServerResponse& response, std::string_view date_field, bool keep_alive) {
  constexpr size_t kOurOwnBytes = 128;  // status line, length and the like
  std::string head;
  head.reserve(kOurOwnBytes + response.fields.size() + date_field.size());
  head.append("HTTP/1.1 ").append(fmt::format_int(response.status).c_str()).append(1, ' ');
  head.append(http::reason(response.status)).append("\r\n").append(response.fields).append(date_field);
  if (response.status != kNoContent) {
    head.append("Content-Length: ").append(fmt::format_int(response.body.size()).c_str()).append("\r\n");
  }
  return head.append(keep_alive ? "\r\n" : "Connection: close\r\n\r\n");
}

// co_spawn() takes another turn of the loop to end a coroutine that has not waited for anything. This is as good.
auto wait_for_nothing() {
  return asio::async_initiate<const asio::deferred_t&, void()>([](auto handler) { std::move(handler)(); },
                                                               asio::deferred);
}

}  // namespace

ServerConnection::ServerConnection(std::shared_ptr<WorkerServer> worker, Socket socket, http::IpAddress peer)
    : worker_(std::move(worker)), stream_(std::move(socket)), peer_(peer) {
  enter(worker_->first_phase_);
}

ServerConnection::~ServerConnection() {
  leave_phase();
  worker_->connections_count_.fetch_sub(1, std::memory_order_relaxed);
  worker_->totals_->connections.fetch_sub(1, std::memory_order_relaxed);
}

void ServerConnection::enter(Phase phase) {
  leave_phase();
  phase_ = phase;
  if (phase == Phase::handling) worker_->turns_.began();
  since_ = std::chrono::steady_clock::now();
  const bool ours = phase == Phase::handling || phase == Phase::waiting;  // not the client's time
  deadline_ = ours ? SteadyTime::max() : since_ + worker_->time_for(phase);
  worker_->in(phase).push_back(*this);
}

void ServerConnection::leave_phase() {
  unlink();
  if (phase_ == Phase::handshake) worker_->totals_->handshakes.fetch_sub(1, std::memory_order_relaxed);
  if (phase_ == Phase::handling) worker_->turns_.ended();
}

void ServerConnection::expire() {
  expired_ = true;
  deadline_ = SteadyTime::max();
  stream_.cancel();
}

void ServerConnection::make_room() {
  made_room_ = true;
  close();
}

void ServerConnection::close() {
  stream_.close();
}

void ServerConnection::start() {
  if (phase_ != Phase::handshake) return wait_for_request();
  await_bytes(&ServerConnection::begin_handshake);  // who says nothing costs no session
}

// What waits here is no coroutine, whose frames would be most of what an idle connection takes.
void ServerConnection::await_bytes(void (ServerConnection::*then)(error_code)) {
  stream_.when_readable([self = shared_from_this(), then](error_code error) { std::invoke(then, self, error); });
}

void ServerConnection::spawn() {
  asio::co_spawn(worker_->loop_.context(), [self = shared_from_this()] { return self->run(); }, asio::detached);
}

void ServerConnection::begin_handshake(error_code silence) {
  if (!silence) return spawn();
  handshake_failed({});
  close();
}

void ServerConnection::wait_for_request() {
  input_.shrink_to_fit();  // an idle connection holds no buffers
  head_.clear();
  head_.shrink_to_fit();
  // Who came while the listener was closing has a moment to ask: what is kept after an answer is not kept now.
  enter(worker_->totals_->draining ? Phase::last_call : Phase::idle);
  await_bytes(&ServerConnection::begin_request);
}

void ServerConnection::begin_request(error_code error) {
  if (error) {
    if (!expired_ || !has_asked()) return close();
    expired_ = false;  // it asked in the last moment
  }
  if (worker_->turns_.may_begin()) return take_turn();
  enter(Phase::waiting);
  worker_->turns_.wait([self = shared_from_this()] { self->take_turn(); });
}

void ServerConnection::take_turn() {
  const std::chrono::nanoseconds waited =
      phase_ == Phase::waiting ? std::chrono::steady_clock::now() - since_ : std::chrono::nanoseconds::zero();
  if (!read()) return close();
  if (!input_.empty()) {
    waited_ = waited;
    return spawn();
  }
  if (phase_ == Phase::waiting) return wait_for_request();
  await_bytes(&ServerConnection::begin_request);
}

// From the first bytes of a handshake or a request until the connection is idle again, or ends.
Awaitable<void> ServerConnection::run() {
  co_await wait_for_nothing();
  bool good = phase_ != Phase::handshake || co_await handshake();
  for (size_t in_a_row = 1; good; ++in_a_row) {
    if (input_.empty() && stream_.buffered() && !read()) break;
    if (input_.empty()) co_return wait_for_request();
    if (in_a_row % kInARow == 0) {
      co_await asio::post(worker_->loop_.context(), asio::deferred);
      if (!stream_.is_open()) break;
    }
    const auto framing = co_await read_head();
    good = framing && co_await serve(*framing) == Next::keep;
  }
  close();
}

Awaitable<bool> ServerConnection::handshake() {
  const auto tls = worker_->settings_.tls;  // a new one may come meanwhile
  TlsProblem problem;
  if (auto session = tls->start(stream_.descriptor())) {
    auto done = co_await stream_.handshake(std::move(session));
    if (done) done = tls->check_client(*stream_.tls());
    if (done) co_return true;
    problem = std::move(done.error());
  }
  handshake_failed(problem);
  if (expired_ || made_room_ || problem.failure == TlsFailure::closed) co_return false;
  stream_.abandon_tls();
  if (problem.failure == TlsFailure::plain_http) {
    co_await refuse(400, ErrorCode::BAD_REQUEST, "this port speaks TLS: use https", nullptr);
  } else {
    co_await linger();  // the alert that says why would not survive a reset
  }
  co_return false;
}

void ServerConnection::handshake_failed(TlsProblem problem) {
  if (expired_) problem = {TlsFailure::timeout, {}, false};
  if (made_room_) problem = {TlsFailure::crowded, "others waited, and it took longest", false};
  worker_->handler_.handshake_failed(problem);
}

// Appends what is there to the input. False: the peer closed.
bool ServerConnection::read() {
  std::vector<char>& buffer = worker_->read_buffer_;
  error_code error;
  const size_t bytes = stream_.read_some(buffer, error);
  if (error == asio::error::would_block || error == asio::error::try_again) return true;
  if (error) return false;
  input_.append(buffer.data(), bytes);
  return true;
}

// Waits until bytes are there and reads them. False: the peer closed, or the deadline passed.
Awaitable<bool> ServerConnection::receive() {
  error_code error;
  if (!stream_.buffered()) std::tie(error) = co_await stream_.wait_readable();
  co_return !error && read();
}

// The rest of a head whose first bytes are there.
Awaitable<std::optional<Framing>> ServerConnection::read_head() {
  enter(Phase::head);
  HeadGuard guard(HeadGuard::Kind::request);
  while (true) {
    const auto framing = guard.check(input_);
    if (!framing) {
      co_await refuse(framing.error().status, framing.error().code, framing.error().message, nullptr);
      co_return std::nullopt;
    }
    if (framing->head_bytes > 0) {
      head_.assign(input_, 0, framing->head_bytes);
      input_.erase(0, framing->head_bytes);
      co_return *framing;
    }
    if (co_await receive()) continue;
    if (expired_) co_await refuse(408, ErrorCode::REQUEST_TIMEOUT, "the request head did not arrive in time", nullptr);
    co_return std::nullopt;
  }
}

auto ServerConnection::wait_for_reply() {
  return asio::async_initiate<const asio::deferred_t&, void()>(
      [this](auto handler) { resume_ = [handler = std::move(handler)]() mutable { std::move(handler)(); }; },
      asio::deferred);
}

Awaitable<ServerConnection::Next> ServerConnection::serve(const Framing& framing) {
  RequestParser parser(BodyLimits{worker_->settings_.body_bytes_max});
  error_code error;
  parser.feed(head_, error);
  ServerRequest request{.method = parser.method(),
                        .target = parser.target(),
                        .fields = parser.fields(),
                        .body = {},
                        .peer = peer_,
                        .waited = std::exchange(waited_, {})};
  if (framing.content_length > worker_->settings_.body_bytes_max) {
    co_await refuse(413, ErrorCode::PAYLOAD_TOO_LARGE, "the body is larger than limits.body", &request);
    co_return Next::close;
  }
  if (error) {
    co_await refuse(400, ErrorCode::BAD_REQUEST, "the request head is not valid", nullptr);
    co_return Next::close;
  }
  if (auto refusal = worker_->handler_.admit(request)) {
    const bool whole = parser.is_done();  // nothing is left unread: the connection may live on
    served_ = true;
    const bool keep = whole && framing.keep_alive && !refusal->close && !worker_->totals_->draining;
    const bool sent = co_await send(&*refusal, keep, request.method == http::Method::head);
    if (sent && keep) co_return Next::keep;
    co_await linger();
    co_return Next::close;
  }
  if (framing.expect_continue && !parser.is_done() && input_.empty()) {
    co_await stream_.write({asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n"))});
  }
  if (!co_await read_body(parser, request)) co_return Next::close;
  request.body = parser.body();

  enter(Phase::handling);
  reply_.reset();
  handling_since_sweep_ = worker_->sweeps_;
  worker_->totals_->in_flight.fetch_add(1, std::memory_order_relaxed);
  worker_->handler_.handle(request, Responder(shared_from_this()));
  if (!reply_) co_await wait_for_reply();
  if (abandoned_) {
    worker_->totals_->in_flight.fetch_sub(1, std::memory_order_relaxed);
    co_return Next::close;
  }
  const bool keep = framing.keep_alive && !reply_->close && !worker_->totals_->draining;
  worker_->turns_.answered(reply_->body.size());
  const bool sent = co_await send(&*reply_, keep, request.method == http::Method::head);
  worker_->spare_buffers_.give(std::move(reply_->body));
  reply_.reset();
  served_ = true;
  worker_->totals_->in_flight.fetch_sub(1, std::memory_order_relaxed);
  if (sent && keep) co_return Next::keep;
  if (sent) co_await linger();
  co_return Next::close;
}

Awaitable<bool> ServerConnection::read_body(RequestParser& parser, const ServerRequest& request) {
  enter(Phase::body);
  while (!parser.is_done()) {
    if (!input_.empty()) {
      error_code error;
      const size_t used = parser.feed(input_, error);
      input_.erase(0, used);
      if (parser.body_too_large()) {
        co_await refuse(413, ErrorCode::PAYLOAD_TOO_LARGE, "the body is larger than limits.body", &request);
        co_return false;
      }
      if (error) {
        co_await refuse(400, ErrorCode::BAD_REQUEST, "the body is not framed as its head says", &request);
        co_return false;
      }
      if (parser.is_done()) break;
      // What a parser leaves while it needs more is an unfinished chunk header or trailer.
      if (input_.size() > limits::kHeaderBytesMax) {
        co_await refuse(431, ErrorCode::HEADERS_TOO_LARGE, "the trailer is larger than 64 KiB", &request);
        co_return false;
      }
    }
    if (co_await receive()) continue;
    if (expired_) co_await refuse(408, ErrorCode::REQUEST_TIMEOUT, "the body did not arrive in time", &request);
    co_return false;
  }
  co_return true;
}

void ServerConnection::on_abandoned(std::move_only_function<void()> abandon) {
  abandon_ = std::move(abandon);
  if (peer_left_) worker_->left_.push_back(weak_from_this());
}

bool ServerConnection::watch(PeerWatch& peers) {
  if (!std::exchange(watched_, true)) peers.add(stream_.descriptor(), this);
  return peer_left_;
}

void ServerConnection::abandon(uint64_t sweep) {
  if (phase_ != Phase::handling || !abandon_ || reply_ || !handled_since_before(sweep)) return;
  abandoned_ = true;
  auto abandon = std::exchange(abandon_, nullptr);
  abandon();
  resume();
}

void ServerConnection::respond(ServerResponse response) {
  if (reply_ || abandoned_) return;
  reply_ = std::move(response);
  abandon_ = nullptr;
  resume();
}

std::string ServerConnection::spare_buffer() {
  return worker_->spare_buffers_.take();
}

void ServerConnection::resume() {
  if (!resume_) return;  // answered inside handle(): nobody waits yet
  asio::post(worker_->loop_.context(),
             [self = shared_from_this(), resume = std::move(resume_)]() mutable { resume(); });
  resume_ = nullptr;
}

Awaitable<bool> ServerConnection::send(const ServerResponse* response, bool keep_alive, bool head_only) {
  enter(Phase::writing);
  const std::string head = head_of(*response, worker_->date_field_, keep_alive);
  Stream::Buffers buffers{asio::buffer(head), asio::buffer(response->body)};
  if (head_only || response->status == kNoContent) buffers[1] = {};
  error_code error;
  if (stream_.try_write(buffers, error)) co_return true;  // nearly always
  if (error) co_return false;
  UnreadAnswers::Answer unread(worker_->unread_, head.size() + response->body.size(), std::chrono::steady_clock::now(),
                               [this] { stream_.reset(); });
  while (true) {
    std::tie(error) = co_await stream_.wait_writable();
    if (error) co_return false;
    const size_t left = asio::buffer_size(buffers);
    if (stream_.try_write(buffers, error)) co_return true;
    if (error) co_return false;
    if (asio::buffer_size(buffers) < left) unread.moved(std::chrono::steady_clock::now());
  }
}

Awaitable<void> ServerConnection::refuse(int status, ErrorCode code, std::string_view message,
                                         const ServerRequest* head) {
  expired_ = false;
  const ServerResponse response = worker_->handler_.refuse(status, code, message, head);
  if (co_await send(&response, false, head != nullptr && head->method == http::Method::head)) co_await linger();
}

// Closing with unread bytes would reset the connection and could destroy the answer on its way: say that nothing more
// comes, and read for a moment what the peer still sends.
Awaitable<void> ServerConnection::linger() {
  constexpr size_t kDiscardBytesMax = 4u << 20;
  if (!stream_.shutdown_send()) co_return;
  enter(Phase::lingering);
  for (size_t discarded = 0; discarded < kDiscardBytesMax; discarded += input_.size()) {
    input_.clear();
    if (!co_await receive()) co_return;
  }
}

Responder::Responder(std::shared_ptr<ServerConnection> connection) : connection_(std::move(connection)) {}
Responder::Responder(Responder&&) noexcept = default;

Responder::~Responder() {
  if (connection_) connection_->respond(ServerResponse{.status = 500, .fields = {}, .body = {}, .close = true});
}

std::string Responder::buffer() {
  return connection_ ? connection_->spare_buffer() : std::string();
}

void Responder::send(ServerResponse response) {
  if (auto connection = std::move(connection_)) connection->respond(std::move(response));
}

void Responder::on_abandoned(std::move_only_function<void()> abandon) {
  if (connection_) connection_->on_abandoned(std::move(abandon));
}

std::string_view ServerRequest::header(std::string_view name) const {
  for (const auto& [field, value] : fields) {
    if (http::equals_ignoring_case(field, name)) return value;
  }
  return {};
}

size_t ServerRequest::count(std::string_view name) const {
  size_t n = 0;
  for (const auto& [field, value] : fields) n += http::equals_ignoring_case(field, name) ? 1 : 0;
  return n;
}

}  // namespace signet::net
