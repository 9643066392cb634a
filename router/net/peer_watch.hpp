// PeerWatch: tells which of many sockets' peers have closed their end. What it costs depends on how many have, not on
// how many have not.
#pragma once

#include "router/base/function_ref.hpp"

namespace signet::net {

/// Threads: one at a time.
class PeerWatch {
 public:
  PeerWatch();
  PeerWatch(const PeerWatch&) = delete;
  PeerWatch& operator=(const PeerWatch&) = delete;
  ~PeerWatch();

  /// From now on, until `descriptor` is closed; once for each.
  void add(int descriptor, void* owner);
  /// Calls `left` once for each owner whose peer has sent a FIN, behind whatever bytes, or a reset.
  void collect(FunctionRef<void(void* owner)> left);

 private:
  int epoll_;
};

}  // namespace signet::net
