#include "signing/admission/server.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/http/media_type.hpp"
#include "router/json/writer.hpp"
#include "signing/admission/approval.hpp"

namespace signet::admission {
namespace {

ServerAnswer turn_away(int status, std::string_view why) {
  ServerAnswer answer;
  answer.response.status = status;
  answer.response.headers.add("content-type", http::kJson);
  json::Writer writer(answer.response.body);
  writer.begin_object().key("error").value(why).end_object();
  return answer;
}

// Everything the router says about the statement must be what the statement says.
bool agrees(const Review& review, const signing::Statement& statement) {
  return review.artifact == signing::to_text(statement.artifact) && review.graph == statement.graph &&
         review.environment == statement.environment && review.serial == statement.serial &&
         review.previous == statement.previous && review.sha256 == statement.sha256;
}

}  // namespace

ReviewAnswer AdmissionServer::review(const Review& review, WallTime now) const {
  ReviewAnswer answer{.uid = review.uid, .sha256 = review.sha256, .allowed = false, .message = {}, .approval = {}};
  const auto graph = std::ranges::find_if(policy_.graphs, [&](const AdmissionGraph& candidate) {
    return candidate.trust.graph == review.graph && candidate.trust.environment == review.environment;
  });
  if (graph == policy_.graphs.end()) {
    answer.message = "this server has no policy for this graph and environment";
    return answer;
  }
  const auto verified = verify_for_review(review.statement, *graph, now);
  if (!verified) {
    answer.message = fmt::format("{}: {}", signing::info(verified.error().reason).code, verified.error().detail);
    return answer;
  }
  if (!agrees(review, verified->statement)) {
    answer.message = "the request does not agree with its statement";
    return answer;
  }
  if (verified->statement.artifact == signing::ArtifactKind::graph && review.subgraphs.empty()) {
    answer.message = "the request names no subgraph";
    return answer;
  }
  PolicyVerdict verdict = judge(graph->policy, review.subgraphs, verified->signers);
  answer.allowed = verdict.allowed;
  answer.message = std::move(verdict.message);
  if (answer.allowed && policy_.approve_key) {
    answer.approval = signing::sign_jws(verified->jws.payload_text, *policy_.approve_key);
  }
  return answer;
}

ServerAnswer AdmissionServer::handle(const http::Headers& headers, std::string_view body, WallTime now) {
  if (body.size() > kReviewBytesMax) {
    return turn_away(413, fmt::format("the body has {} bytes; at most {} are allowed", body.size(), kReviewBytesMax));
  }
  const auto signature = signing::verify_webhook(headers, body, policy_.webhook_secrets, now);
  if (!signature) return turn_away(401, signing::to_text(signature.error()));
  if (!seen_.admit(signature->id, now))
    return turn_away(409, "this webhook-id was seen before; sign each attempt anew");
  const auto parsed = parse_review(body);
  if (!parsed) return turn_away(400, parsed.error());
  const ReviewAnswer verdict = review(*parsed, now);
  ServerAnswer answer;
  answer.response.status = 200;
  answer.response.headers.add("content-type", http::kJson);
  answer.response.body = print_answer(verdict);
  signing::add_webhook_headers(answer.response.headers, signing::sign_webhook(signature->id, now, answer.response.body,
                                                                              policy_.webhook_secrets.front()));
  answer.log = ReviewLog{.graph = signing::printable(parsed->graph, 128),
                         .environment = signing::printable(parsed->environment, 128),
                         .sha256 = signing::printable(parsed->sha256, 64),
                         .serial = parsed->serial,
                         .allowed = verdict.allowed,
                         .message = signing::printable(verdict.message, kMessageCharactersMax)};
  return answer;
}

}  // namespace signet::admission
