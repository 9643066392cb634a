#include "router/net/stream.hpp"

#include <algorithm>
#include <boost/asio/experimental/parallel_group.hpp>
#include <cstring>

#include "router/net/tls_session.hpp"

namespace signet::net {

namespace asio = boost::asio;

namespace {

// Takes the first `bytes` off.
void consume(Stream::Buffers& buffers, size_t bytes) {
  const size_t of_first = std::min(bytes, buffers[0].size());
  buffers[0] += of_first;
  buffers[1] += bytes - of_first;
}

bool would_block(const error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace

Stream::Stream(Socket socket) : socket_(std::move(socket)) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
}

Stream::Stream(Stream&&) noexcept = default;

Stream::~Stream() {
  close();
}

Awaitable<std::expected<void, TlsProblem>> Stream::handshake(std::unique_ptr<TlsSession> session) {
  tls_ = std::move(session);
  while (true) {
    const TlsSession::Step step = tls_->handshake();
    if (step == TlsSession::Step::done) co_return std::expected<void, TlsProblem>();
    if (step == TlsSession::Step::failed) co_return std::unexpected(tls_->problem());
    error_code error;
    co_await socket_.async_wait(step == TlsSession::Step::want_read ? Socket::wait_read : Socket::wait_write,
                                asio::redirect_error(use_awaitable, error));
    if (error) co_return std::unexpected(TlsProblem{TlsFailure::closed, error.message()});
  }
}

void Stream::abandon_tls() {
  tls_.reset();
}

size_t Stream::read_some(std::span<char> into, error_code& error) {
  if (tls_) return tls_->read(into, error);
  return socket_.read_some(asio::buffer(into.data(), into.size()), error);
}

bool Stream::buffered() const {
  return tls_ && tls_->buffered();
}

Socket::wait_type Stream::read_waits_for() const {
  return tls_ && tls_->read_wants_write() ? Socket::wait_write : Socket::wait_read;
}

bool Stream::try_write(Buffers& buffers, error_code& error) {
  error = {};
  if (tls_) return try_write_tls(buffers, error);
  const size_t total = buffers[0].size() + buffers[1].size();
  const size_t written = socket_.write_some(buffers, error);
  if (would_block(error)) error = {};
  if (error) return false;
  if (written == total) return true;
  consume(buffers, written);
  return false;
}

// Record by record. The first carries the end of the first buffer and the beginning of the second: a small answer is
// one record and one system call. What could not be sent is put together again, the same, with the next try.
bool Stream::try_write_tls(Buffers& buffers, error_code& error) {
  constexpr size_t kRecordBytes = SSL3_RT_MAX_PLAIN_LENGTH;
  static thread_local std::array<char, kRecordBytes> joined;
  while (buffers[0].size() + buffers[1].size() > 0) {
    const asio::const_buffer& whole = buffers[0].size() == 0 ? buffers[1] : buffers[0];
    std::span<const char> record(static_cast<const char*>(whole.data()), std::min(whole.size(), kRecordBytes));
    if (buffers[0].size() > 0 && buffers[0].size() < kRecordBytes && buffers[1].size() > 0) {
      const size_t of_second = std::min(buffers[1].size(), kRecordBytes - buffers[0].size());
      std::memcpy(joined.data(), buffers[0].data(), buffers[0].size());
      std::memcpy(joined.data() + buffers[0].size(), buffers[1].data(), of_second);
      record = {joined.data(), buffers[0].size() + of_second};
    }
    const size_t sent = tls_->write(record, error);
    if (would_block(error)) {
      error = {};
      return false;
    }
    if (error) return false;
    consume(buffers, sent);
  }
  return true;
}

Awaitable<error_code> Stream::wait_any() {
  const auto [order, read_error, write_error] =
      co_await asio::experimental::make_parallel_group(socket_.async_wait(read_waits_for(), asio::deferred),
                                                       socket_.async_wait(Socket::wait_write, asio::deferred))
          .async_wait(asio::experimental::wait_for_one(), use_awaitable);
  co_return order.front() == 0 ? read_error : write_error;
}

Awaitable<error_code> Stream::write(Buffers buffers) {
  error_code error;
  while (!try_write(buffers, error)) {
    if (error) break;
    co_await socket_.async_wait(Socket::wait_write, asio::redirect_error(use_awaitable, error));
    if (error) break;
  }
  co_return error;
}

bool Stream::has_bytes() const {
  error_code ignored;
  return buffered() || socket_.available(ignored) > 0;
}

bool Stream::stale() {
  if (tls_ && tls_->buffered()) return !tls_->quiet();
  char byte = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got > 0) return !tls_ || !tls_->quiet();  // with TLS it may be a ticket
  return got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

bool Stream::shutdown_send() {
  if (tls_) tls_->close_notify();
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  return !error;
}

void Stream::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

void Stream::reset() {
  error_code ignored;
  socket_.set_option(Socket::linger(true, 0), ignored);
  socket_.close(ignored);
}

void Stream::close() {
  if (!socket_.is_open()) return;
  if (tls_) tls_->close_notify();
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace signet::net
