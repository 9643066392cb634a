#include "router/net/peer_watch.hpp"

#include <array>
#include <sys/epoll.h>
#include <unistd.h>

namespace signet::net {

PeerWatch::PeerWatch() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

PeerWatch::~PeerWatch() {
  ::close(epoll_);
}

// Told at the edge, and without EPOLLIN: what a peer sends meanwhile wakes nothing.
void PeerWatch::add(int descriptor, void* owner) {
  epoll_event wanted{.events = EPOLLRDHUP | EPOLLET, .data = {.ptr = owner}};
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &wanted);
}

void PeerWatch::collect(FunctionRef<void(void* owner)> left) {
  std::array<epoll_event, 256> events;
  while (true) {
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; ++i) {
      if ((events[static_cast<size_t>(i)].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) == 0) continue;
      left(events[static_cast<size_t>(i)].data.ptr);
    }
    if (count < static_cast<int>(events.size())) return;
  }
}

}  // namespace signet::net
