// ServerTest: a fixture with an HttpServer of one worker, each of its loops on a thread of its own.
#pragma once

#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <vector>

#include "router/net/http_server.hpp"
#include "tests/support/loop_thread.hpp"

namespace signet::testing_support {

class ServerTest : public testing::Test {
 protected:
  /// On a free port of 127.0.0.1.
  void start(net::ServerHandler& handler, const net::ServerSettings& settings) {
    server = std::make_unique<net::HttpServer>(acceptor.loop, std::vector<net::EventLoop*>{&worker.loop},
                                               std::vector<net::ServerHandler*>{&handler}, settings);
    acceptor.run([&] { ASSERT_TRUE(server->listen({"127.0.0.1", 0, {}})); });
  }
  /// From then on a test may touch what was the worker's.
  void stop_loops() {
    acceptor.stop();
    worker.stop();
  }
  void TearDown() override {
    stop_loops();
    server.reset();
  }
  /// Waits for at most two seconds.
  static bool becomes(const std::function<bool()>& condition) {
    using namespace std::chrono_literals;
    for (int i = 0; i < 2000 && !condition(); ++i) std::this_thread::sleep_for(1ms);
    return condition();
  }

  LoopThread acceptor, worker;
  std::unique_ptr<net::HttpServer> server;
};

}  // namespace signet::testing_support
