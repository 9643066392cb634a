// Destination: where requests go, and how. Made once, and shared by all that go there.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "router/http/egress.hpp"
#include "router/http/message.hpp"
#include "router/http/url.hpp"

namespace signet::http {

/// Whom to trust, and what to present, over TLS: made and understood by the transport alone.
class TlsProfile {
 public:
  virtual ~TlsProfile() = default;
};

struct DestinationSettings {
  Method method = Method::post;
  Url url;
  std::string unix_path = "/";  ///< what is asked for behind a unix socket, whose URL names the socket only
  Headers headers;              ///< of every request, without Host, Content-Length, Connection
  /// Which addresses the host may resolve to. Null: any (only for hosts the operator's YAML names).
  std::shared_ptr<const EgressPolicy> egress;
  /// For https. Null: the system's authorities. A connection serves requests of one profile only.
  std::shared_ptr<const TlsProfile> tls;
  uint64_t response_bytes_max = 16u << 20;  ///< of the body as it is sent
  uint64_t decoded_bytes_max = 0;           ///< of the body after content decoding; 0: the same
  std::chrono::milliseconds connect_timeout{3000};
};

/// Immutable. Threads: any.
struct Destination : DestinationSettings {
  explicit Destination(DestinationSettings settings);

  /// What connections lead to: scheme://authority, or unix:path.
  std::string origin;
  /// How each request begins: its first line, Host, and `headers`. Spec: RFC 9112 §3
  std::string head_begin;
};

inline std::shared_ptr<const Destination> make_destination(DestinationSettings settings) {
  return std::make_shared<const Destination>(std::move(settings));
}

}  // namespace signet::http
