// Stream: a connected byte stream, plain or TLS, TCP or Unix, of servers and clients alike.
//
// Reads go straight into a buffer that all streams of a thread share, and take no longer than the call: an idle
// connection owns none. (An asynchronous read into it would let two streams overwrite each other's bytes between
// completion and resumption.)
#pragma once

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/redirect_error.hpp>
#include <expected>
#include <memory>
#include <span>
#include <string>

#include "router/net/awaitable.hpp"
#include "router/net/tls_error.hpp"
#include "router/net/tls_failure.hpp"

namespace signet::net {

using boost::system::error_code;

class TlsSession;

/// Threads: its event loop's.
class Stream {
 public:
  using Buffers = std::array<boost::asio::const_buffer, 2>;

  explicit Stream(Socket socket);
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) = delete;
  ~Stream();  ///< close()

  /// Speaks TLS from here on: `session` is one that was started on descriptor().
  Awaitable<std::expected<void, TlsProblem>> handshake(std::unique_ptr<TlsSession> session);
  /// Speaks plain again, to a peer that never spoke anything else.
  void abandon_tls();
  const TlsSession* tls() const { return tls_.get(); }
  int descriptor() { return socket_.native_handle(); }
  bool is_open() const { return socket_.is_open(); }

  /// Takes what is there. Errors: would_block: nothing; eof: the peer has said that nothing more comes;
  /// TlsError::truncated: it ended without saying so, and what came may not be all; the system's.
  size_t read_some(std::span<char> into, error_code& error);
  /// True when read_some() has something to tell that the network does not announce: ask before each wait.
  bool buffered() const;
  /// Waits until read_some() is worth a try: `const auto [error] = co_await stream.wait_readable();`
  auto wait_readable() { return socket_.async_wait(read_waits_for(), boost::asio::as_tuple(boost::asio::deferred)); }
  /// The same without a coroutine: `handler` is called with the error.
  template <class Handler>
  void when_readable(Handler handler) {
    socket_.async_wait(read_waits_for(), std::move(handler));
  }

  /// Sends what the network takes at once, mostly all, and takes that off `buffers`. False: some is left, or `error`.
  bool try_write(Buffers& buffers, error_code& error);
  /// Waits until try_write() is worth another try.
  auto wait_writable() { return socket_.async_wait(Socket::wait_write, boost::asio::as_tuple(boost::asio::deferred)); }
  /// Waits until either is worth a try.
  Awaitable<error_code> wait_any();
  /// Sends both whole.
  Awaitable<error_code> write(Buffers buffers);

  /// Bytes of the peer lie there that nobody has read yet.
  bool has_bytes() const;
  /// True when the peer has closed, or sent bytes nobody asked for: not to be used for another request.
  bool stale();
  /// Says that nothing more comes; reading goes on. False: the connection is gone.
  bool shutdown_send();
  /// Ends whatever is awaited with operation_aborted.
  void cancel();
  /// cancel(), and the end: what the peer has not taken yet is thrown away.
  void reset();
  /// cancel(), and the end; with TLS the peer is told, if that is possible at once.
  void close();

 private:
  Socket::wait_type read_waits_for() const;
  bool try_write_tls(Buffers& buffers, error_code& error);

  Socket socket_;
  std::unique_ptr<TlsSession> tls_;
};

}  // namespace signet::net
