// Collect: a Sink that gathers one whole answer and hands it to a callback.
#pragma once

#include <expected>
#include <functional>
#include <string>

#include "router/http/transport.hpp"

namespace signet::http {

using Outcome = std::expected<Response, Failure>;

/// Lifetime: as any Sink; the callback runs once, inside end() or fail(), and may destroy the sink.
class Collect final : public Sink {
 public:
  /// Units: `body_bytes_max` bytes; a longer body becomes TransportError::too_large and the rest of it is ignored.
  Collect(uint64_t body_bytes_max, std::function<void(Outcome)> done)
      : body_bytes_max_(body_bytes_max), done_(std::move(done)) {}

  void head(int status, Headers&& headers) override;
  void piece(std::string_view bytes) override;
  void whole(std::string&& body) override;
  void end() override;
  void fail(const Failure& failure) override;

 private:
  void finish(Outcome outcome);

  uint64_t body_bytes_max_;
  std::function<void(Outcome)> done_;
  Response response_;
  bool overflow_ = false;
};

}  // namespace signet::http
