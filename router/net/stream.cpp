#include "router/net/stream.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace signet::net {

namespace asio = boost::asio;

Stream::Stream(Socket socket) : plain_(std::move(socket)) {
  error_code ignored;
  plain_.non_blocking(true, ignored);
}

Socket& Stream::socket() {
  return tls_ ? tls_->next_layer() : plain_;
}

asio::awaitable<error_code> Stream::handshake(asio::ssl::context* context, std::string host) {
  tls_ = std::make_unique<asio::ssl::stream<Socket>>(std::move(plain_), *context);
  error_code error;
  if (SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str()) != 1) {
    co_return error_code(asio::error::invalid_argument);
  }
  tls_->set_verify_mode(asio::ssl::verify_peer, error);
  if (error) co_return error;
  tls_->set_verify_callback(asio::ssl::host_name_verification(host), error);
  if (error) co_return error;
  co_await tls_->async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, error));
  co_return error;
}

asio::awaitable<error_code> Stream::receive(std::string* input, std::span<char> scratch) {
  error_code error;
  if (tls_) {
    constexpr size_t kTlsRecordBytes = 16u << 10;
    tls_buffer_.resize(kTlsRecordBytes);
    const size_t bytes =
        co_await tls_->async_read_some(asio::buffer(tls_buffer_), asio::redirect_error(asio::use_awaitable, error));
    input->append(tls_buffer_.data(), bytes);
    co_return error;
  }
  while (true) {
    co_await plain_.async_wait(Socket::wait_read, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return error;
    const size_t bytes = plain_.read_some(asio::buffer(scratch.data(), scratch.size()), error);
    if (error == asio::error::would_block || error == asio::error::try_again) continue;
    input->append(scratch.data(), bytes);
    co_return error;
  }
}

asio::awaitable<error_code> Stream::write(std::array<asio::const_buffer, 2> buffers) {
  error_code error;
  if (tls_) {
    co_await asio::async_write(*tls_, buffers, asio::redirect_error(asio::use_awaitable, error));
  } else {
    co_await asio::async_write(plain_, buffers, asio::redirect_error(asio::use_awaitable, error));
  }
  co_return error;
}

bool Stream::stale() {
  char byte = 0;
  const ssize_t got = ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  // On TLS, bytes may be a session ticket; a clean idle connection has nothing to read or only such records.
  if (got > 0) return tls_ == nullptr;
  return got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

void Stream::close() {
  error_code ignored;
  socket().close(ignored);
}

std::unique_ptr<asio::ssl::context> make_client_tls_context() {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  error_code ignored;
  context->set_default_verify_paths(ignored);
  context->set_verify_mode(asio::ssl::verify_peer, ignored);
  return context;
}

}  // namespace signet::net
