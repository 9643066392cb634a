#include "signing/admission/approval.hpp"

#include <fmt/format.h>

#include "signing/admission/artifact_review.hpp"
#include "signing/core/gate_checks.hpp"
#include "signing/core/signature_check.hpp"

namespace signet::admission {

using signing::Reason;

signing::Verification<VerifiedStatement> verify_for_review(std::string_view text, const AdmissionGraph& graph,
                                                           WallTime now) {
  auto jws = signing::parse_jws(text);
  if (!jws) return signing::refuse(Reason::statement_malformed, std::move(jws).error());
  auto check = signing::check_signatures(*jws, graph.trust, {.now = now});
  if (!check) return std::unexpected(std::move(check).error());
  auto statement = signing::parse_statement(jws->payload);
  if (!statement) return signing::refuse(Reason::statement_malformed, std::move(statement).error());
  if (auto good = signing::check_context(*statement, statement->artifact, graph.trust); !good) {
    return std::unexpected(std::move(good).error());
  }
  auto fresh = signing::check_freshness(*statement, {}, graph.trust, signing::SourceKind::cdn, now);
  if (!fresh) return std::unexpected(std::move(fresh).error());
  return VerifiedStatement{std::move(*jws), std::move(*statement), std::move(check->signers)};
}

namespace {

Predecessor predecessor_of(const signing::Statement& statement, const std::string* previous) {
  using Kind = Comparison::Kind;
  if (previous == nullptr) {
    if (statement.previous.empty()) return {Kind::first, {}, {}};
    return {Kind::unknown, {}, "the statement replaces another artifact; give that with --previous"};
  }
  if (statement.previous == statement.sha256) {
    return {Kind::unknown, {}, "the statement says that the artifact replaces itself; sign it again with --previous"};
  }
  if (crypto::sha256_hex(*previous) != statement.previous) {
    return {Kind::unknown, {}, "the file given with --previous is not the artifact that the statement replaces"};
  }
  return {Kind::known, *previous, {}};
}

}  // namespace

OfflineReview review_offline(const OfflineCase& about, const AdmissionGraph& graph, WallTime now) {
  OfflineReview review;
  auto verified = verify_for_review(about.jws, graph, now);
  if (!verified) {
    const signing::Refusal& why = verified.error();
    review.verdict.add({"statement", false, fmt::format("{}: {}", signing::info(why.reason).code, why.detail)});
    review.refusal = why;
    return review;
  }
  review.verified = std::move(*verified);
  review.verdict.add({"statement", true,
                      fmt::format("serial {}, signed by {} trusted keys", review.verified->statement.serial,
                                  review.verified->signers.size())});
  PolicyVerdict judged = review_artifact(graph.policy, *review.verified, about.artifact,
                                         predecessor_of(review.verified->statement, about.previous));
  for (RuleResult& rule : judged.rules) review.verdict.add(std::move(rule));
  review.verdict.add(judge_time(graph.policy.times, now, false));
  return review;
}

signing::Verification<std::string> approve_offline(const OfflineCase& about, const AdmissionGraph& graph,
                                                   const signing::SigningKey& key, WallTime now) {
  const signing::VerificationKey* trusted = graph.trust.find(key.kid);
  if (trusted == nullptr || trusted->role != signing::Role::approve ||
      !trusted->same_material(key.verification_key(signing::Role::approve))) {
    return signing::refuse(Reason::key_unknown,
                           fmt::format("{} is not an approve key of this graph; routers would not count it", key.kid));
  }
  OfflineReview review = review_offline(about, graph, now);
  if (review.refusal) return std::unexpected(std::move(*review.refusal));
  // What the gate itself would refuse is told in its words.
  const signing::Statement& statement = review.verified->statement;
  if (auto good = signing::check_digest(statement, about.artifact); !good) {
    return std::unexpected(std::move(good).error());
  }
  const auto text = signing::unpack(std::make_shared<const std::string>(about.artifact));
  if (!text) return std::unexpected(text.error());
  if (auto content = signing::check_content(statement.artifact, **text, graph.policy.allowed); !content) {
    return std::unexpected(std::move(content).error());
  }
  if (!review.verdict.allowed) return signing::refuse(Reason::admission_denied, review.verdict.message);
  if (auto added = signing::add_signature(review.verified->jws, key); !added) {
    return signing::refuse(Reason::statement_malformed, std::move(added).error());
  }
  return signing::print_jws(review.verified->jws);
}

}  // namespace signet::admission
