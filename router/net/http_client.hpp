// HttpClient: http::Transport over pooled HTTP/1.1 connections, TCP, TLS or Unix, one instance per event loop.
#pragma once

#include <chrono>
#include <memory>

#include "router/http/transport.hpp"
#include "router/net/event_loop.hpp"

namespace signet::net {

struct ClientSettings {
  size_t connections_per_origin_max = 100;
  std::chrono::milliseconds idle_timeout{15'000};  ///< a pooled connection is closed after
  std::chrono::milliseconds age_max{60'000};       ///< no request starts on an older connection: names move
};

/// Exchanges beyond connections_per_origin_max wait in order of arrival, within their deadline. Redirects are not
/// followed. An exchange is sent again once, on a fresh connection, only when it is idempotent, the connection was
/// reused, and not one byte of an answer came.
/// Lifetime: destroyed when its loop has stopped, before the loop is.
class HttpClient final : public http::Transport {
 public:
  explicit HttpClient(EventLoop& loop, ClientSettings settings = {});
  ~HttpClient() override;

  std::shared_ptr<http::Exchange> send(http::Request request, SteadyTime deadline, http::Sink& sink) override;

  struct Impl;

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace signet::net
