// SubgraphServer: the demo's subgraphs on one loopback port, each at /NAME. Also the counterpart of tests and
// benchmarks.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "router/demo/subgraph.hpp"
#include "router/net/http_server.hpp"
#include "router/net/loop_thread.hpp"

namespace signet::demo {

/// Threads: one of its own, from start() to stop(); methods on the owner's.
class SubgraphServer {
 public:
  explicit SubgraphServer(std::vector<SubgraphDefinition> definitions);
  /// Stops.
  ~SubgraphServer();

  /// Listens on 127.0.0.1:`port`; 0 takes any free port. Errors: the system's words.
  std::expected<void, std::string> start(uint16_t port);
  void stop();

  uint16_t port() const;
  /// "http://127.0.0.1:PORT/accounts" and so on.
  std::vector<std::string> urls() const;
  /// GraphQL requests answered so far. Threads: any.
  uint64_t requests() const;

 private:
  class Handler;

  net::LoopThread thread_;
  std::unique_ptr<Handler> handler_;
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace signet::demo
