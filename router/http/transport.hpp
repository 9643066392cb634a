// The one seam through which everything leaves the process: subgraph fetches, the CDN, admission, JWKS, OTLP.
//
// `net` implements Transport once per event loop; tests pass a scripted fake. A Sink sees the answer in pieces, so that
// streams fit without a second seam; one_shot.hpp gathers whole answers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "router/base/clock.hpp"
#include "router/base/lent_text.hpp"
#include "router/http/destination.hpp"
#include "router/http/message.hpp"

namespace signet::http {

struct Request {
  std::shared_ptr<const Destination> to;
  Headers headers;  ///< beside those of the destination
  std::string body;
  bool idempotent = false;  ///< may be sent again when a pooled connection turns out to be dead
};

enum class TransportError : uint8_t {
  unreachable,    ///< no connection: refused, no route, name not found
  timeout,        ///< the deadline passed
  egress_denied,  ///< the resolved address is not allowed
  tls,            ///< handshake or certificate
  protocol,       ///< the peer's bytes are not an acceptable HTTP answer
  too_large,      ///< the body as it is sent exceeds response_bytes_max
  coding,         ///< the content coding is unknown, broken, or decodes beyond the caps
  cancelled,
};

std::string_view to_text(TransportError error);

struct Failure {
  TransportError error = TransportError::unreachable;
  std::string detail;  ///< for the operator's log; names hosts, so never for clients
};

/// Receives one answer: head, any number of pieces, then end() or fail(), exactly one of them and nothing after it.
/// Lifetime: must outlive the exchange or cancel it.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void head(int status, Headers&& headers) = 0;
  virtual void piece(std::string_view bytes) = 0;
  /// The whole body at once, for whoever wants to use it without a copy. Lent, it is there until end() has returned.
  virtual void whole(LentText&& body) { piece(body.view()); }
  virtual void end() = 0;
  virtual void fail(const Failure& failure) = 0;
};

/// Cancels an exchange: after cancel() returns, its sink is not called any more.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual void cancel() = 0;
};

/// Threads: one; sinks are called on the same thread, never from inside send().
class Transport {
 public:
  virtual ~Transport() = default;
  virtual std::shared_ptr<Exchange> send(Request request, SteadyTime deadline, Sink& sink) = 0;
};

}  // namespace signet::http
