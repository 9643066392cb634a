// A transport whose answers a test scripts: requests queue up until the test answers them.
#pragma once

#include <deque>

#include "router/http/transport.hpp"

namespace signet::testing_support {

class FakeTransport final : public http::Transport {
 public:
  struct Pending {
    http::Request request;
    http::Sink* sink;
  };

  std::shared_ptr<http::Exchange> send(http::Request request, SteadyTime, http::Sink& sink) override {
    struct Cancelled final : http::Exchange {
      void cancel() override {}
    };
    pending.push_back({std::move(request), &sink});
    return std::make_shared<Cancelled>();
  }

  /// Answers the oldest request.
  http::Request answer(int status, std::string_view body = {}, const http::Headers& headers = {}) {
    Pending next = std::move(pending.front());
    pending.pop_front();
    next.sink->head(status, http::Headers(headers));
    if (!body.empty()) next.sink->piece(body);
    next.sink->end();
    return std::move(next.request);
  }
  http::Request fail(http::TransportError error) {
    Pending next = std::move(pending.front());
    pending.pop_front();
    next.sink->fail({error, "scripted"});
    return std::move(next.request);
  }

  std::deque<Pending> pending;
};

}  // namespace signet::testing_support
