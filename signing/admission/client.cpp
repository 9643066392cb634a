#include "signing/admission/client.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "router/base/limits.hpp"
#include "router/http/media_type.hpp"

namespace signet::admission {

using signing::Reason;

ReviewCall make_call(const signing::ReviewRequest& request, const crypto::SecretBytes& secret, WallTime now) {
  ReviewCall call{.uid = request.uid, .webhook_id = signing::new_webhook_id(), .headers = {}, .body = {}};
  call.body = print_review(request);
  call.headers.add("content-type", http::kJson);
  call.headers.add("accept", http::kJson);
  signing::add_webhook_headers(call.headers, signing::sign_webhook(call.webhook_id, now, call.body, secret));
  return call;
}

signing::Verification<signing::StoredVerdict> read_answer(const ReviewCall& call, const http::Response& response,
                                                          WallTime now) {
  if (response.status == 401) {
    return signing::refuse(Reason::admission_unauthorized, "the webhook answered 401");
  }
  if (response.status != 200) {
    return signing::refuse(Reason::admission_malformed, fmt::format("the webhook answered {}", response.status));
  }
  const auto type = http::content_type(response.headers);
  if (!type || type->essence() != http::kJson || !type->utf8()) {
    return signing::refuse(Reason::admission_malformed, "the answer's Content-Type is not application/json");
  }
  if (response.body.size() > limits::kAdmissionAnswerBytesMax) {
    return signing::refuse(Reason::admission_malformed, "the answer is larger than 1 MiB");
  }
  signing::StoredVerdict verdict{.uid = call.uid, .body = response.body, .signature = {}};
  if (!response.headers.contains("webhook-signature")) return verdict;
  auto signature = signing::webhook_headers(response.headers);
  if (!signature) {
    return signing::refuse(Reason::admission_signature, std::string(signing::to_text(signature.error())));
  }
  if (signature->id != call.webhook_id) {
    return signing::refuse(Reason::admission_mismatch, "the answer's webhook-id is not the request's");
  }
  int64_t seconds = 0;
  std::from_chars(signature->timestamp.data(), signature->timestamp.data() + signature->timestamp.size(), seconds);
  const auto distance = now - WallTime(std::chrono::seconds(seconds));
  if (distance > signing::kWebhookTolerance || distance < -signing::kWebhookTolerance) {
    return signing::refuse(Reason::admission_signature, std::string(signing::to_text(signing::WebhookProblem::stale)));
  }
  verdict.signature = std::move(*signature);
  return verdict;
}

signing::Refusal read_failure(const http::Failure& failure) {
  const Reason reason = failure.error == http::TransportError::timeout     ? Reason::admission_timeout
                        : failure.error == http::TransportError::too_large ? Reason::admission_malformed
                                                                           : Reason::admission_unreachable;
  return {reason, signing::printable(failure.detail)};
}

std::chrono::milliseconds retry_delay(unsigned attempt, uint64_t random) {
  const uint64_t full = std::min<uint64_t>(1000ull << std::min(attempt, 6u), 60'000);
  return std::chrono::milliseconds(full / 2 + random % (full / 2 + 1));
}

}  // namespace signet::admission
