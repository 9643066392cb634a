// Stream: a connected byte stream to a server, plain or TLS, TCP or Unix.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace signet::net {

using boost::system::error_code;
using Socket = boost::asio::generic::stream_protocol::socket;

/// Threads: its event loop's.
class Stream {
 public:
  explicit Stream(Socket socket);

  /// Starts TLS as a client: SNI, and the certificate verified against `host` and the context's authorities.
  boost::asio::awaitable<error_code> handshake(boost::asio::ssl::context* context, std::string host);

  /// Waits for bytes and appends them to `input`. `scratch` may be shared by all streams of a thread: it is filled and
  /// emptied without an await in between. (An asynchronous read straight into it would let two streams overwrite each
  /// other's bytes between completion and resumption.)
  boost::asio::awaitable<error_code> receive(std::string* input, std::span<char> scratch);
  /// Writes both buffers whole.
  boost::asio::awaitable<error_code> write(std::array<boost::asio::const_buffer, 2> buffers);

  /// True when the peer has closed, or sent bytes nobody asked for: not to be used for another request.
  bool stale();
  /// Ends whatever is awaited with operation_aborted.
  void close();

 private:
  Socket& socket();

  Socket plain_;
  std::unique_ptr<boost::asio::ssl::stream<Socket>> tls_;
  std::vector<char> tls_buffer_;  // TLS reads complete asynchronously, so each stream has its own
};

/// A client context: TLS 1.2 or later, verification on, the system's authorities.
std::unique_ptr<boost::asio::ssl::context> make_client_tls_context();

}  // namespace signet::net
