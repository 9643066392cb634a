#include "signing/admission/server.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "signing/core/gate_checks.hpp"

namespace signet::admission {
namespace {

constexpr size_t kJudgedMax = 1'000;

// Everything the router says about the statement must be what the statement says.
bool agrees(const Review& review, const signing::Statement& statement) {
  return review.artifact == signing::to_text(statement.artifact) && review.graph == statement.graph &&
         review.environment == statement.environment && review.serial == statement.serial &&
         review.previous == statement.previous && review.sha256 == statement.sha256;
}

// A verdict belongs to what was signed and to those who signed it.
std::string key_of(const VerifiedStatement& about) {
  std::vector<std::string> kids;
  for (const signing::Signer& signer : about.signers) kids.push_back(signer.kid);
  std::ranges::sort(kids);
  return fmt::format("{} {}", crypto::sha256_hex(about.jws.payload), fmt::join(kids, " "));
}

std::string text_of(const signing::Refusal& refusal) {
  return fmt::format("{}: {}", signing::info(refusal.reason).code, refusal.detail);
}

ReviewAnswer denial(const Review& review, std::string message) {
  return {.uid = review.uid,
          .sha256 = review.sha256,
          .allowed = false,
          .message = std::move(message),
          .approval = {},
          .min_serial = 0};
}

}  // namespace

uint64_t AdmissionServer::approvals_of(const Line& line) const {
  const auto found = approvals_.find(line);
  return found == approvals_.end() ? 0 : found->second;
}

const PolicyVerdict* AdmissionServer::known_verdict(const std::string& key, const Line& line) const {
  const auto found = judged_.find(key);
  if (found == judged_.end()) return nullptr;
  const Judged& judged = found->second;
  return judged.verdict.allowed || judged.approvals == approvals_of(line) ? &judged.verdict : nullptr;
}

const PolicyVerdict& AdmissionServer::evaluate(const AdmissionGraph& graph, const Review& review,
                                               const VerifiedStatement& about, const std::string* artifact,
                                               const std::string& key) {
  ++counts_.evaluations;
  PolicyVerdict verdict;
  if (artifact != nullptr) {
    const Predecessor predecessor =
        approved_ != nullptr ? find_predecessor(about.statement, *approved_) : Predecessor();
    verdict = review_artifact(graph.policy, about, *artifact, predecessor);
  } else {
    verdict = judge(graph.policy,
                    {.subgraphs = review.subgraphs, .signers = about.signers, .kind = about.statement.artifact});
  }
  if (judged_.size() >= kJudgedMax) judged_.clear();
  return judged_.insert_or_assign(key, Judged{std::move(verdict), approvals_of(Line::of(about.statement))})
      .first->second.verdict;
}

// Nothing: the artifact has to be fetched first.
std::optional<ReviewAnswer> AdmissionServer::judged(const AdmissionGraph& graph, const Review& review,
                                                    const VerifiedStatement& about, const Fetched* artifact,
                                                    WallTime now) {
  const Line line = Line::of(about.statement);
  // Without its memory the server knows neither what came before nor the serial below which nothing may go.
  if (approved_ != nullptr && !graph.policy.allow_unknown_previous) {
    if (std::string problem = approved_->problem(line); !problem.empty()) return denial(review, std::move(problem));
  }
  const std::string key = key_of(about);
  const bool approved_before = approved_ != nullptr && approved_->holds(line, about.statement.sha256);
  const RuleResult time = judge_time(graph.policy.times, now, approved_before);
  const PolicyVerdict* verdict = known_verdict(key, line);
  if (verdict != nullptr && !verdict->allowed) return denial(review, verdict->message);
  if (verdict != nullptr && !time.passed) return denial(review, time.why);
  // What is approved for the first time is kept, so its bytes are needed even where it was judged before.
  const bool bytes_needed = graph.reads_artifact && (verdict == nullptr || !approved_before);
  Fetched kept;
  if (bytes_needed && artifact == nullptr) {
    if (!approved_before) return std::nullopt;
    kept = approved_->read(line, about.statement.sha256);
    if (!kept) return std::nullopt;
    artifact = &kept;
  }
  if (bytes_needed && !*artifact) return denial(review, "the artifact could not be fetched: " + artifact->error());
  if (verdict == nullptr) {
    verdict = &evaluate(graph, review, about, bytes_needed ? &**artifact : nullptr, key);
    if (!verdict->allowed) return denial(review, verdict->message);
    if (!time.passed) return denial(review, time.why);
  } else if (bytes_needed) {
    const auto same = signing::check_digest(about.statement, **artifact);
    if (!same) return denial(review, text_of(same.error()));
  }
  ReviewAnswer answer = denial(review, verdict->message);
  answer.allowed = true;
  approve(about, bytes_needed ? artifact : nullptr, answer);
  return answer;
}

// Remembers first and signs then: whoever was told yes must be found again.
void AdmissionServer::approve(const VerifiedStatement& about, const Fetched* artifact, ReviewAnswer& answer) {
  const Line line = Line::of(about.statement);
  if (approved_ != nullptr) {
    const bool fresh = !approved_->holds(line, about.statement.sha256);
    if (fresh || approved_->highest_serial(line) < about.statement.serial) {
      const auto done = approved_->keep(about.statement, artifact != nullptr ? std::string_view(**artifact) : "");
      if (!done) {
        answer.allowed = false;
        answer.message = "the approval could not be kept: " + done.error();
        return;
      }
      if (fresh) ++approvals_[line];
    }
    answer.min_serial = approved_->highest_serial(line);
  }
  if (policy_.approve_key) answer.approval = signing::sign_jws(about.jws.payload_text, *policy_.approve_key);
}

// Nothing: the artifact has to be fetched first.
std::optional<ReviewAnswer> AdmissionServer::review(const Review& review, const Fetched* artifact, WallTime now) {
  const auto graph = std::ranges::find_if(policy_.graphs, [&](const AdmissionGraph& candidate) {
    return candidate.trust.graph == review.graph && candidate.trust.environment == review.environment;
  });
  if (graph == policy_.graphs.end()) {
    return denial(review, "this server has no policy for this graph and environment");
  }
  const auto verified = verify_for_review(review.statement, *graph, now);
  if (!verified) {
    return denial(review, text_of(verified.error()));
  }
  if (!agrees(review, verified->statement)) return denial(review, "the request does not agree with its statement");
  if (verified->statement.artifact == signing::ArtifactKind::graph && review.subgraphs.empty()) {
    return denial(review, "the request names no subgraph");
  }
  return judged(*graph, review, *verified, artifact, now);
}

ServerAnswer AdmissionServer::answer_of(const Hearing& hearing, const ReviewAnswer& verdict, WallTime now) {
  ServerAnswer answer{.response = json_response(200, print_answer(verdict)), .log = std::nullopt};
  signing::add_webhook_headers(
      answer.response.headers,
      signing::sign_webhook(hearing.webhook_id, now, answer.response.body, policy_.webhook_secrets));
  answer.log = ReviewLog{.graph = signing::printable(hearing.review.graph, 128),
                         .environment = signing::printable(hearing.review.environment, 128),
                         .sha256 = signing::printable(hearing.review.sha256, 64),
                         .serial = hearing.review.serial,
                         .allowed = verdict.allowed,
                         .message = signing::printable(verdict.message, kMessageCharactersMax)};
  count(answer);
  return answer;
}

std::variant<ServerAnswer, Hearing> AdmissionServer::hear(const http::Headers& headers, std::string_view body,
                                                          WallTime now) {
  const auto away = [this](int status, std::string_view why) {
    ServerAnswer answer = turn_away(status, why);
    count(answer);
    return answer;
  };
  if (body.size() > kReviewBytesMax) {
    return away(413, fmt::format("the body has {} bytes; at most {} are allowed", body.size(), kReviewBytesMax));
  }
  auto signature = signing::verify_webhook(headers, body, policy_.webhook_secrets, now);
  if (!signature) return away(401, signing::to_text(signature.error()));
  if (!seen_.admit(signature->id, now)) return away(409, "this webhook-id was seen before; sign each attempt anew");
  auto parsed = parse_review(body);
  if (!parsed) return away(400, parsed.error());
  Hearing hearing{.review = std::move(*parsed), .webhook_id = std::move(signature->id)};
  const auto verdict = review(hearing.review, nullptr, now);
  if (!verdict) return hearing;
  return answer_of(hearing, *verdict, now);
}

ServerAnswer AdmissionServer::decide(const Hearing& hearing, const Fetched& artifact, WallTime now) {
  const auto verdict = review(hearing.review, &artifact, now);
  return answer_of(hearing, verdict.value_or(denial(hearing.review, "the artifact could not be fetched")), now);
}

void AdmissionServer::set_policy(ServerPolicy policy) {
  policy_ = std::move(policy);
  judged_.clear();
  ++generation_;
}

void AdmissionServer::count(const ServerAnswer& answer) {
  uint64_t& counter = !answer.log ? counts_.turned_away : answer.log->allowed ? counts_.allowed : counts_.denied;
  ++counter;
}

}  // namespace signet::admission
