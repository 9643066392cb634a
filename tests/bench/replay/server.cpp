#include "tests/bench/replay/server.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/replay/message.hpp"

namespace signet::bench {
namespace {

void watch(int epoll, int operation, int socket, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = socket;
  ::epoll_ctl(epoll, operation, socket, &event);
}

int signals_to_end() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return ::signalfd(-1, &set, SFD_CLOEXEC);
}

}  // namespace

std::string print(const Counts& counts) {
  return "{\"requests\":" + std::to_string(counts.requests) + ",\"misses\":" + std::to_string(counts.misses) +
         ",\"unknown\":" + std::to_string(counts.unknown) + "}";
}

Server::~Server() {
  for (const auto& [socket, connection] : connections_) ::close(socket);
  for (const int file : {listener_, signals_, epoll_}) {
    if (file >= 0) ::close(file);
  }
}

bool Server::listen(uint16_t port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
         ::listen(listener_, SOMAXCONN) == 0;
}

void Server::run() {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  signals_ = signals_to_end();
  watch(epoll_, EPOLL_CTL_ADD, listener_, EPOLLIN);
  watch(epoll_, EPOLL_CTL_ADD, signals_, EPOLLIN);
  for (;;) {
    epoll_event events[128];
    const int count = ::epoll_wait(epoll_, events, std::size(events), -1);
    for (int i = 0; i < count; ++i) {
      const int socket = events[i].data.fd;
      if (socket == signals_) return;
      if (socket == listener_) {
        accept();
        continue;
      }
      Connection& connection = connections_[socket];
      const bool writable = (events[i].events & EPOLLOUT) != 0;
      const bool alive =
          writable ? write(socket, connection) && answer_all(socket, connection) : read(socket, connection);
      if (!alive) close(socket);
    }
  }
}

void Server::accept() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_[socket] = {};
    watch(epoll_, EPOLL_CTL_ADD, socket, EPOLLIN);
  }
}

bool Server::read(int socket, Connection& connection) {
  static char piece[1 << 18];
  const ssize_t got = ::recv(socket, piece, sizeof piece, 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) return false;
  connection.in.append(piece, static_cast<size_t>(got));
  return answer_all(socket, connection);
}

bool Server::answer_all(int socket, Connection& connection) {
  Message request;
  while (connection.out.empty()) {
    const Progress progress = read_message(connection.in, false, request);
    if (progress == Progress::malformed) return false;
    if (progress == Progress::incomplete) return true;
    if (request.start_line.starts_with("GET /counts ")) {
      connection.own = json_answer("200 OK", print(recording_.counts()));
      connection.out = connection.own;
    } else {
      connection.out = recording_.answer(second_word(request.start_line), request.body);
    }
    connection.in.erase(0, request.bytes);
    if (!write(socket, connection)) return false;
  }
  return true;
}

bool Server::write(int socket, Connection& connection) {
  while (!connection.out.empty()) {
    const ssize_t sent = ::send(socket, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return false;
    if (sent < 0) break;
    connection.out.remove_prefix(static_cast<size_t>(sent));
  }
  if (connection.wants_writing == connection.out.empty()) {
    connection.wants_writing = !connection.wants_writing;
    watch(epoll_, EPOLL_CTL_MOD, socket, connection.wants_writing ? EPOLLOUT : EPOLLIN);
  }
  return true;
}

void Server::close(int socket) {
  connections_.erase(socket);
  ::close(socket);
}

}  // namespace signet::bench
