// Blocking loopback sockets with timeouts, for tests that speak bytes.
#pragma once

#include <arpa/inet.h>
#include <cstdint>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace signet::testing_support {

class RawSocket {
 public:
  explicit RawSocket(int descriptor) : descriptor_(descriptor) {
    const timeval limit{5, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  RawSocket(RawSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  RawSocket& operator=(RawSocket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~RawSocket() { close(); }

  static RawSocket connect(uint16_t port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      ::close(descriptor);
      return RawSocket(-1);
    }
    return RawSocket(descriptor);
  }

  /// Starts connecting and does not wait for it.
  static RawSocket begin_connect(const char* host, uint16_t port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, host, &address.sin_addr);
    ::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address);
    return RawSocket(descriptor);
  }

  bool valid() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  /// Reads until `text` ends what came, the peer closes, or five seconds pass.
  std::string read_until(std::string_view text) {
    std::string got;
    while (text.empty() || !got.ends_with(text)) {
      char buffer[4096];
      const ssize_t n = ::recv(descriptor_, buffer, sizeof buffer, 0);
      if (n <= 0) break;
      got.append(buffer, static_cast<size_t>(n));
    }
    return got;
  }
  /// What has come; empty when the peer has closed or five seconds have passed.
  std::string read_some() {
    char buffer[4096];
    const ssize_t n = ::recv(descriptor_, buffer, sizeof buffer, 0);
    return {buffer, n > 0 ? static_cast<size_t>(n) : 0};
  }
  std::string read_to_end() { return read_until({}); }
  /// Ends what another thread waits for.
  void shutdown() { ::shutdown(descriptor_, SHUT_RDWR); }
  void shutdown_send() { ::shutdown(descriptor_, SHUT_WR); }
  /// Closes so that the peer sees a reset.
  void reset() {
    const linger abort{1, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    close();
  }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

 private:
  int descriptor_;
};

/// A listening socket on a loopback address, on a free port unless one is given.
class RawListener {
 public:
  explicit RawListener(const char* host = "127.0.0.1", uint16_t port = 0, int backlog = 64)
      : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (descriptor_ < 0) throw std::runtime_error("no socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, host, &address.sin_addr);
    const int reuse = 1;
    setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
    if (::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot bind");
    }
    ::listen(descriptor_, backlog);
    socklen_t length = sizeof address;
    getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    const timeval limit{5, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~RawListener() { ::close(descriptor_); }
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;

  uint16_t port() const { return port_; }
  int descriptor() const { return descriptor_; }
  RawSocket accept() { return RawSocket(::accept(descriptor_, nullptr, nullptr)); }

 private:
  int descriptor_;
  uint16_t port_ = 0;
};

}  // namespace signet::testing_support
