// Server: keep-alive HTTP/1.1 on loopback, one thread, epoll; answers come from a recording.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tests/bench/replay/recording.hpp"

namespace signet::bench {

/// GET /counts tells the counters; every other request is the recording's.
class Server {
 public:
  explicit Server(Recording& recording) : recording_(recording) {}
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// False when the port cannot be had.
  bool listen(uint16_t port);
  /// Serves until SIGTERM or SIGINT.
  void run();

 private:
  struct Connection {
    std::string in;              ///< what has come of requests that are not answered yet
    std::string_view out;        ///< what is left to send; of the recording, or of `own`
    std::string own;             ///< an answer that is not of the recording
    bool wants_writing = false;  ///< what epoll was told
  };

  void accept();
  /// False when the connection is to be closed.
  bool read(int socket, Connection& connection);
  bool answer_all(int socket, Connection& connection);
  bool write(int socket, Connection& connection);
  void close(int socket);

  Recording& recording_;
  int listener_ = -1;
  int signals_ = -1;
  int epoll_ = -1;
  std::unordered_map<int, Connection> connections_;
};

/// One line of JSON.
std::string print(const Counts& counts);

}  // namespace signet::bench
