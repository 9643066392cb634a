#include "signing/core/webhook.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>

#include "router/base/encoding.hpp"
#include "signing/core/statement.hpp"

namespace signet::signing {
namespace {

constexpr size_t kSecretBytesMin = 24;
constexpr size_t kSecretBytesMax = 64;
constexpr size_t kSignaturesListedMax = 8;
constexpr size_t kSignatureFieldBytesMax = 1024;
constexpr std::string_view kPrefix = "whsec_";

std::unexpected<Error> bad_secret(std::string message) {
  return fail(ErrorCode::CRYPTO_ERROR, std::move(message));
}

// One spelling: decimal digits without a leading zero, ten of them in our days.
std::optional<int64_t> parse_seconds(std::string_view text) {
  if (text.empty() || text.size() > 12 || text.front() == '0') return std::nullopt;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

crypto::Sha256 mac_of(const WebhookSignature& signature, std::string_view body, const crypto::SecretBytes& secret) {
  const std::string message = fmt::format("{}.{}.{}", signature.id, signature.timestamp, body);
  return crypto::hmac_sha256(secret.view(), as_bytes(message));
}

}  // namespace

Result<crypto::SecretBytes> parse_webhook_secret(std::string_view file) {
  if (file.ends_with('\n')) file.remove_suffix(file.ends_with("\r\n") ? 2 : 1);
  if (!file.starts_with(kPrefix)) return bad_secret("a webhook secret starts with whsec_; make one with signet keygen");
  auto bytes = base64_decode(file.substr(kPrefix.size()));
  if (!bytes) return bad_secret("what follows whsec_ is not canonical base64 with padding");
  if (bytes->size() < kSecretBytesMin || bytes->size() > kSecretBytesMax) {
    return bad_secret(fmt::format("the webhook secret has {} bytes; {} to {} are allowed", bytes->size(),
                                  kSecretBytesMin, kSecretBytesMax));
  }
  crypto::SecretBytes secret(*bytes);
  crypto::wipe(*bytes);
  return secret;
}

Result<std::vector<crypto::SecretBytes>> parse_webhook_secrets(std::string_view file) {
  if (file.ends_with('\n')) file.remove_suffix(file.ends_with("\r\n") ? 2 : 1);
  std::vector<crypto::SecretBytes> secrets;
  for (size_t line = 1;; ++line) {
    if (line > kWebhookSecretsMax) {
      return bad_secret(fmt::format("there are more than {} secrets; remove the oldest", kWebhookSecretsMax));
    }
    const size_t end = file.find('\n');
    auto secret = parse_webhook_secret(file.substr(0, end == std::string_view::npos ? end : end + 1));
    if (!secret)
      return bad_secret(line == 1 && end == std::string_view::npos
                            ? secret.error().message
                            : fmt::format("line {}: {}", line, secret.error().message));
    for (const crypto::SecretBytes& other : secrets) {
      if (!crypto::constant_time_equal(other.view(), secret->view())) continue;
      return bad_secret(fmt::format("line {} repeats the secret of another line", line));
    }
    secrets.push_back(std::move(*secret));
    if (end == std::string_view::npos) return secrets;
    file.remove_prefix(end + 1);
  }
}

std::string generate_webhook_secret() {
  std::array<uint8_t, 32> random{};
  crypto::random_bytes(random);
  std::string text = fmt::format("{}{}\n", kPrefix, base64_encode(random));
  crypto::wipe(random);
  return text;
}

bool is_webhook_id(std::string_view id) {
  if (id.empty() || id.size() > 128) return false;
  return std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7F && c != '.' && c != ','; });
}

std::string new_webhook_id() {
  std::array<uint8_t, 16> random{};
  crypto::random_bytes(random);
  return "msg_" + hex_encode(random);
}

WebhookSignature sign_webhook(std::string_view id, WallTime now, std::string_view body,
                              const crypto::SecretBytes& secret) {
  WebhookSignature out{.id = std::string(id), .timestamp = std::to_string(unix_seconds(now)), .signature = {}};
  out.signature = "v1," + base64_encode(mac_of(out, body, secret));
  return out;
}

WebhookSignature sign_webhook(std::string_view id, WallTime now, std::string_view body,
                              const std::vector<crypto::SecretBytes>& secrets) {
  WebhookSignature out{.id = std::string(id), .timestamp = std::to_string(unix_seconds(now)), .signature = {}};
  for (const crypto::SecretBytes& secret : secrets) {
    if (!out.signature.empty()) out.signature += ' ';
    out.signature += "v1," + base64_encode(mac_of(out, body, secret));
  }
  return out;
}

void add_webhook_headers(http::Headers& headers, const WebhookSignature& signature) {
  headers.set("webhook-id", signature.id);
  headers.set("webhook-timestamp", signature.timestamp);
  headers.set("webhook-signature", signature.signature);
}

std::string_view to_text(WebhookProblem problem) {
  switch (problem) {
    case WebhookProblem::headers:
      return "webhook-id, webhook-timestamp and webhook-signature must stand there once each";
    case WebhookProblem::timestamp:
      return "webhook-timestamp is not an integer of Unix seconds";
    case WebhookProblem::stale:
      return "webhook-timestamp is more than 5 minutes from this clock";
    case WebhookProblem::signature:
      break;
  }
  return "no webhook-signature is right under the shared secret";
}

std::expected<WebhookSignature, WebhookProblem> webhook_headers(const http::Headers& headers) {
  for (std::string_view name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
    if (headers.count(name) != 1) return std::unexpected(WebhookProblem::headers);
  }
  WebhookSignature out{.id = std::string(headers.get("webhook-id")),
                       .timestamp = std::string(headers.get("webhook-timestamp")),
                       .signature = std::string(headers.get("webhook-signature"))};
  if (!is_webhook_id(out.id) || out.signature.size() > kSignatureFieldBytesMax) {
    return std::unexpected(WebhookProblem::headers);
  }
  if (!parse_seconds(out.timestamp)) return std::unexpected(WebhookProblem::timestamp);
  return out;
}

bool verify_webhook_mac(const WebhookSignature& signature, std::string_view body,
                        const std::vector<crypto::SecretBytes>& secrets) {
  std::string_view rest = signature.signature;
  bool good = false;
  for (size_t listed = 0; !rest.empty(); ++listed) {
    if (listed == kSignaturesListedMax) return false;
    const std::string_view element = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(element.size() + 1, rest.size()));
    if (!element.starts_with("v1,")) continue;  // other versions may stand beside ours
    const auto mac = base64_decode(element.substr(3));
    if (!mac) continue;
    for (const crypto::SecretBytes& secret : secrets) {
      if (secret.size() < kSecretBytesMin) continue;  // an empty key is everybody's key
      good = crypto::constant_time_equal(mac_of(signature, body, secret), *mac) || good;
    }
  }
  return good;
}

std::expected<WebhookSignature, WebhookProblem> verify_webhook(const http::Headers& headers, std::string_view body,
                                                               const std::vector<crypto::SecretBytes>& secrets,
                                                               WallTime now) {
  auto signature = webhook_headers(headers);
  if (!signature) return signature;
  if (!verify_webhook_mac(*signature, body, secrets)) return std::unexpected(WebhookProblem::signature);
  const std::chrono::seconds sent(*parse_seconds(signature->timestamp));
  const auto distance = now - WallTime(sent);
  if (distance > kWebhookTolerance || distance < -kWebhookTolerance) return std::unexpected(WebhookProblem::stale);
  return signature;
}

bool ReplayGuard::admit(std::string_view id, WallTime now) {
  // A time stamp may lie five minutes ahead, so an id can come again for ten minutes.
  std::erase_if(seen_, [&](const auto& entry) { return now - entry.second > 2 * kWebhookTolerance; });
  if (seen_.size() >= ids_max_) return false;
  return seen_.emplace(std::string(id), now).second;
}

}  // namespace signet::signing
