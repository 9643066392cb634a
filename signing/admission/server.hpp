// AdmissionServer: judges ConfigReviews. Headers and body in, status and body out; the sockets are router/app's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/http/message.hpp"
#include "signing/admission/config_review.hpp"
#include "signing/admission/policy.hpp"

namespace signet::admission {

inline constexpr size_t kReviewBytesMax = 64u << 10;

struct ServerPolicy {
  std::vector<AdmissionGraph> graphs;                ///< one for each graph and environment
  std::vector<crypto::SecretBytes> webhook_secrets;  ///< those of the routers; the first signs answers
  std::optional<signing::SigningKey> approve_key;    ///< without one, answers are signed with the shared secret
};

/// What was decided, for the server's log and audit. Texts are printable.
struct ReviewLog {
  std::string graph, environment, sha256;
  uint64_t serial = 0;
  bool allowed = false;
  std::string message;
};

struct ServerAnswer {
  http::Response response;
  std::optional<ReviewLog> log;  ///< absent when the caller was turned away unheard
};

/// Threads: one.
class AdmissionServer {
 public:
  explicit AdmissionServer(ServerPolicy policy) : policy_(std::move(policy)) {}

  /// 413 for a body over 64 KiB, 401 for a caller without a valid Standard Webhooks signature, 409 for a webhook-id
  /// that was seen before, 400 for a body that is no ConfigReview, else 200 with a verdict.
  ServerAnswer handle(const http::Headers& headers, std::string_view body, WallTime now);

  /// New keys and policies; what was seen stays known.
  void set_policy(ServerPolicy policy) { policy_ = std::move(policy); }

 private:
  ReviewAnswer review(const Review& review, WallTime now) const;

  ServerPolicy policy_;
  signing::ReplayGuard seen_;
};

}  // namespace signet::admission
