// HttpClient: http::Transport over pooled HTTP/1.1 connections, TCP, TLS or Unix, one instance per event loop.
#pragma once

#include <chrono>
#include <memory>

#include "router/http/transport.hpp"
#include "router/net/event_loop.hpp"
#include "router/net/resolver.hpp"

namespace signet::net {

struct ClientSettings {
  size_t connections_per_origin_max = 100;
  size_t waiting_per_origin_max = 10'000;
  std::chrono::milliseconds idle_timeout{15'000};  ///< a pooled connection is closed after
  std::chrono::milliseconds age_max{60'000};       ///< no request starts on an older connection
  /// A name in use is looked up again after: what connections are opened to is then never older than five seconds.
  std::chrono::milliseconds name_refresh_after{4'000};
};

/// Exchanges beyond connections_per_origin_max wait in order of arrival, within their deadline. The addresses of a name
/// take turns, and connections to those that it no longer has are not used again. Redirects are not followed. An
/// exchange is sent again once, on a fresh connection, only when it is idempotent, the connection was reused, and not
/// one byte of an answer came. Lifetime: destroyed when its loop has stopped, before the loop is; the resolver outlives
/// the loop's running.
class HttpClient final : public http::Transport {
 public:
  HttpClient(EventLoop& loop, Resolver& resolver, ClientSettings settings = {});
  ~HttpClient() override;

  std::shared_ptr<http::Exchange> send(http::Request request, SteadyTime deadline, http::Sink& sink) override;

  struct Impl;

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace signet::net
