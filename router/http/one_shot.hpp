// Sinks that gather one whole answer.
#pragma once

#include <expected>
#include <functional>
#include <string>

#include "router/http/transport.hpp"

namespace signet::http {

using Outcome = std::expected<Response, Failure>;

/// Hands what it has gathered to whoever derives from it.
class Gather : public Sink {
 public:
  /// Units: `body_bytes_max` bytes; a longer body becomes TransportError::too_large and the rest of it is ignored.
  explicit Gather(uint64_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  void head(int status, Headers&& headers) override;
  void piece(std::string_view bytes) override;
  void whole(LentText&& body) override;
  void end() override;
  void fail(const Failure& failure) override;

 protected:
  /// Called once, inside end() or fail(), and may destroy the sink.
  virtual void finish(Outcome outcome) = 0;

 private:
  uint64_t body_bytes_max_;
  Response response_;
  bool overflow_ = false;
};

/// Hands it to a callback, which may destroy the sink.
class Collect final : public Gather {
 public:
  Collect(uint64_t body_bytes_max, std::function<void(Outcome)> done)
      : Gather(body_bytes_max), done_(std::move(done)) {}

 private:
  void finish(Outcome outcome) override;

  std::function<void(Outcome)> done_;
};

}  // namespace signet::http
