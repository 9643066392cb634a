#include "signing/core/verdict.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "router/base/limits.hpp"
#include "router/json/document.hpp"

namespace signet::signing {
namespace {

struct Answer {
  std::string uid, sha256, message;
  bool allowed = false;
  std::string approval;     // raw JSON, empty when there is none
  uint64_t min_serial = 0;  // 0: not said
};

std::unexpected<Refusal> malformed(std::string detail) {
  return refuse(Reason::admission_malformed, std::move(detail));
}

bool is_string(const json::Document& document, json::NodeId node) {
  return node.valid() && document.kind(node) == json::Kind::string;
}

// Unknown members are left alone: webhooks may say more than we ask.
Verification<Answer> read_answer(std::string_view body) {
  if (body.size() > limits::kAdmissionAnswerBytesMax) return malformed("the answer is larger than 1 MiB");
  const auto document = json::Document::parse(body, {.depth_max = 16});
  if (!document) return malformed("the answer is not JSON: " + document.error().message);
  const json::NodeId response = document->find(document->root(), "response");
  if (!response || document->kind(response) != json::Kind::object) return malformed("response is not an object");
  const json::NodeId uid = document->find(response, "uid"), sha256 = document->find(response, "sha256");
  const json::NodeId allowed = document->find(response, "allowed");
  if (!is_string(*document, uid) || !is_string(*document, sha256)) return malformed("uid or sha256 is not a string");
  if (!allowed || document->kind(allowed) != json::Kind::boolean) return malformed("allowed is not a boolean");
  Answer answer{.uid = document->string(uid),
                .sha256 = document->string(sha256),
                .message = {},
                .allowed = document->boolean(allowed),
                .approval = {},
                .min_serial = 0};
  const json::NodeId floor = document->find(response, "minSerial");
  if (floor.valid() && !document->is_null(floor)) {
    const auto serial = document->kind(floor) == json::Kind::number ? document->integer(floor) : std::nullopt;
    if (!serial || *serial < 0) return malformed("minSerial is not a whole number");
    answer.min_serial = static_cast<uint64_t>(*serial);
  }
  const json::NodeId status = document->find(response, "status");
  if (status.valid() && document->kind(status) == json::Kind::object) {
    const json::NodeId message = document->find(status, "message");
    if (is_string(*document, message)) answer.message = printable(document->string(message));
  }
  const json::NodeId approval = document->find(response, "approval");
  if (approval.valid() && !document->is_null(approval)) answer.approval = std::string(document->raw(approval));
  return answer;
}

// Every router knows the shared secret; where approvals can be told from it, it approves nothing.
bool has_approve_key(const TrustPolicy& trust) {
  return std::ranges::any_of(trust.keys, [](const VerificationKey& key) {
    return key.role == Role::approve && key.algorithm() == Algorithm::ed25519;
  });
}

std::string statement_part(const Jws& jws) {
  return crypto::sha256_hex(jws.payload).substr(0, 32);
}

Verification<Signer> check_approval(std::string_view approval, const VerdictContext& context) {
  const auto signature = parse_jws_signature(approval);
  if (!signature) return malformed("approval: " + signature.error());
  const VerificationKey* key = context.trust.find(signature->kid);
  auto wrong = [&](std::string_view why) {
    return refuse(Reason::admission_signature, fmt::format("the approval by {} {}", signature->kid, why));
  };
  if (key == nullptr) return wrong("is by a key that trust.keys does not list");
  if (key->role != Role::approve) return wrong("is by a key without the role approve");
  if (context.trust.is_revoked(key->kid)) return wrong("is by a revoked key");
  if (!signature->verify(context.jws.payload_text, *key)) return wrong("does not verify over the statement");
  const bool only_too_old = !key->not_before || context.now >= *key->not_before;
  if (!key->valid_at(context.now) && !(context.lenient_time && only_too_old)) {
    return wrong("is by a key outside its validity");
  }
  return Signer{key->kid, Role::approve};
}

}  // namespace

std::string new_review_uid(const Jws& jws) {
  std::array<uint8_t, 16> random{};
  crypto::random_bytes(random);
  return fmt::format("{}-{}", statement_part(jws), hex_encode(random));
}

Verification<Approval> verify_verdict(const StoredVerdict& verdict, const VerdictContext& context) {
  auto answer = read_answer(verdict.body);
  if (!answer) return std::unexpected(std::move(answer).error());
  if (!verdict.uid.starts_with(statement_part(context.jws) + "-") || answer->uid != verdict.uid) {
    return refuse(Reason::admission_mismatch, "the answer's uid is not the request's");
  }
  if (answer->sha256 != context.statement.sha256) {
    return refuse(Reason::admission_mismatch, "the answer's sha256 is not the artifact's");
  }
  const bool signed_answer = !verdict.signature.signature.empty() &&
                             verify_webhook_mac(verdict.signature, verdict.body, context.webhook_secrets);
  // A denial needs no proof to be heeded: whoever can forge one can also cut the line.
  if (!answer->allowed) return refuse(Reason::admission_denied, "the webhook says: " + answer->message);
  if (!answer->approval.empty()) {
    auto signer = check_approval(answer->approval, context);
    if (!signer) return std::unexpected(std::move(signer).error());
    return Approval{std::move(*signer), answer->min_serial};
  }
  if (has_approve_key(context.trust)) {
    return refuse(Reason::admission_signature,
                  "the answer carries no approval signature, and where trust.keys lists an Ed25519 approve key the "
                  "shared secret alone does not count; give the webhook that key (approve.key_file of its policy)");
  }
  if (!signed_answer) {
    return refuse(Reason::admission_signature, "neither an approval nor a webhook signature of the answer is right");
  }
  return Approval{Signer{std::string(kWebhookSigner), Role::approve}, answer->min_serial};
}

}  // namespace signet::signing
