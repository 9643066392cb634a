// Standard Webhooks: signing and verifying messages with a shared secret.
// Spec: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "router/base/clock.hpp"
#include "router/base/result.hpp"
#include "router/crypto/crypto.hpp"
#include "router/http/message.hpp"

namespace signet::signing {

inline constexpr std::chrono::minutes kWebhookTolerance{5};

inline constexpr size_t kWebhookSecretsMax = 4;

/// The secret in a webhook key file: `whsec_` and the base64 of 24 to 64 bytes, without one final LF or CRLF.
/// Errors: everything else. The message never holds the secret.
Result<crypto::SecretBytes> parse_webhook_secret(std::string_view file);
/// The secrets of a file with one on each line, the newest first. Errors: as parse_webhook_secret(), with the line; no
/// secret, more than kWebhookSecretsMax, one twice.
Result<std::vector<crypto::SecretBytes>> parse_webhook_secrets(std::string_view file);
/// Text for a new key file: 32 random bytes as `whsec_…` and a final LF.
std::string generate_webhook_secret();

struct WebhookSignature {
  std::string id;
  std::string timestamp;  ///< Unix seconds in decimal
  std::string signature;  ///< space-separated list of `v1,<base64>`
};

/// 1 to 128 printable ASCII characters without a dot (the dot separates the signed parts).
bool is_webhook_id(std::string_view id);
/// A fresh id: `msg_` and 128 random bits.
std::string new_webhook_id();

WebhookSignature sign_webhook(std::string_view id, WallTime now, std::string_view body,
                              const crypto::SecretBytes& secret);
/// With a signature by each secret, for those who know only one of them (a rotation). Empty without secrets.
WebhookSignature sign_webhook(std::string_view id, WallTime now, std::string_view body,
                              const std::vector<crypto::SecretBytes>& secrets);
void add_webhook_headers(http::Headers& headers, const WebhookSignature& signature);

enum class WebhookProblem : uint8_t { headers, timestamp, stale, signature };
std::string_view to_text(WebhookProblem problem);

/// The three fields, each exactly once and well-formed. No MAC is checked.
std::expected<WebhookSignature, WebhookProblem> webhook_headers(const http::Headers& headers);

/// True when one of the listed signatures is right under one of the secrets (old and new during a rotation). The time
/// stamp is part of what is signed; how old it may be is for the caller.
bool verify_webhook_mac(const WebhookSignature& signature, std::string_view body,
                        const std::vector<crypto::SecretBytes>& secrets);

/// Headers, time within five minutes and MAC. Errors: the first of them that is wrong.
std::expected<WebhookSignature, WebhookProblem> verify_webhook(const http::Headers& headers, std::string_view body,
                                                               const std::vector<crypto::SecretBytes>& secrets,
                                                               WallTime now);

/// Remembers the ids of verified messages for as long as their time stamps would be accepted.
/// Threads: one.
class ReplayGuard {
 public:
  explicit ReplayGuard(size_t ids_max = 10'000) : ids_max_(ids_max) {}
  /// False when `id` was seen within the window, or when the guard is full: a full guard refuses rather than forgets.
  bool admit(std::string_view id, WallTime now);

 private:
  size_t ids_max_;
  std::unordered_map<std::string, WallTime> seen_;
};

}  // namespace signet::signing
