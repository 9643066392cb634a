#include "signing/core/gate.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/base/check.hpp"
#include "signing/core/body_check.hpp"
#include "signing/core/signature_check.hpp"
#include "signing/core/verdict.hpp"

namespace signet::signing {
namespace {

bool is_unanswered(Reason reason) {
  return reason == Reason::admission_unreachable || reason == Reason::admission_timeout ||
         reason == Reason::admission_malformed;
}

ReviewRequest make_request(const Artifact& artifact, const Jws& jws) {
  return {.uid = new_review_uid(jws),
          .statement = artifact.statement,
          .source = artifact.source,
          .signed_by = artifact.signers,
          .subgraphs = artifact.subgraphs,
          .jws = artifact.jws};
}

}  // namespace

std::string_view to_text(SourceKind source) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"cdn", "file", "s3", "fallback", "last_good", "development"});
  return kNames.at(static_cast<size_t>(source));
}

// Signatures first: nothing of the payload is looked at before they are right.
Verification<Gate::Opened> Gate::open(std::string_view text, SourceKind source, const GateState& state) const {
  auto jws = parse_jws(text);
  if (!jws) return refuse(Reason::statement_malformed, std::move(jws).error());
  const SignatureOptions options{.now = clock_->wall(), .lenient_time = source == SourceKind::last_good};
  auto check = check_signatures(*jws, policy_.trust, options);
  if (!check) return std::unexpected(std::move(check).error());
  auto statement = parse_statement(jws->payload);
  if (!statement) return refuse(Reason::statement_malformed, std::move(statement).error());
  if (auto good = check_context(*statement, policy_.kind, policy_.trust); !good) {
    return std::unexpected(std::move(good).error());
  }
  auto freshness = check_freshness(*statement, state, policy_.trust, source, options.now);
  if (!freshness) return std::unexpected(std::move(freshness).error());
  if (check->past_key_validity) freshness->alarms.push_back(Alarm::key_past_validity);
  return Opened{.jws = std::move(*jws),
                .statement = std::move(*statement),
                .signers = std::move(check->signers),
                .approvals_missing = check->approvals_missing,
                .why_missing = std::move(check->why_missing),
                .freshness = std::move(*freshness)};
}

// Cosmo's signature says nothing but the bytes: which graph they are for is which key it is, and their place in the
// order is when they came.
Verification<Gate::Opened> Gate::open_body(const BodySignature& signature, std::string_view body, SourceKind source,
                                           const GateState& state) const {
  if (!policy_.takes_bodies()) {
    return refuse(Reason::statement_malformed,
                  "it has a signature of its bytes in place of a statement, and trust.unsafe_compat is not cosmo");
  }
  const SignatureOptions options{.now = clock_->wall(), .lenient_time = source == SourceKind::last_good};
  auto check = check_body(signature, body, policy_.trust, options);
  if (!check) return std::unexpected(std::move(check).error());
  Statement statement = make_body_statement(policy_.trust, body, state, options.now);
  auto freshness = check_body_freshness(statement, state, policy_.trust);
  if (!freshness) return std::unexpected(std::move(freshness).error());
  if (check->past_key_validity) freshness->alarms.push_back(Alarm::key_past_validity);
  return Opened{.jws = {},
                .statement = std::move(statement),
                .signers = std::move(check->signers),
                .approvals_missing = 0,
                .why_missing = std::nullopt,
                .freshness = std::move(*freshness)};
}

Verification<Gate::Opened> Gate::open(const Evidence& evidence, SourceKind source, const GateState& state) const {
  if (evidence.body_signature) return open_body(*evidence.body_signature, evidence.stored, source, state);
  return open(evidence.statement, source, state);
}

std::variant<Wanted, NoChange, Refusal> Gate::wanted(std::string_view statement, SourceKind source,
                                                     const GateState& state) const {
  auto opened = open(statement, source, state);
  if (!opened) return refused(std::move(opened).error(), source, nullptr, {});
  if (opened->freshness.no_change) return NoChange{opened->statement.serial, std::move(opened->freshness.alarms)};
  return Wanted{std::move(opened->statement)};
}

Examination Gate::examine(const Candidate& candidate, const GateState& state) const {
  if (SIGNET_BUG(candidate.artifact == nullptr)) {
    return refused({Reason::fetch_empty, "no artifact was given"}, candidate.source, nullptr, {});
  }
  auto opened = open({candidate.body_signature, candidate.statement, *candidate.artifact}, candidate.source, state);
  if (!opened) return refused(std::move(opened).error(), candidate.source, nullptr, {});
  auto no = [&](Refusal why) { return refused(std::move(why), candidate.source, &opened->statement, opened->signers); };
  if (auto good = check_digest(opened->statement, *candidate.artifact); !good) return no(std::move(good).error());
  if (opened->freshness.no_change) {
    events_->on_gate({.kind = GateEventKind::no_change,
                      .artifact = policy_.kind,
                      .source = candidate.source,
                      .serial = opened->statement.serial,
                      .sha256 = opened->statement.sha256,
                      .signers = opened->signers});
    return NoChange{opened->statement.serial, std::move(opened->freshness.alarms)};
  }
  auto text = unpack(candidate.artifact);
  if (!text) return no(std::move(text).error());
  auto subgraphs = check_content(policy_.kind, **text, policy_.egress);
  if (!subgraphs) return no(std::move(subgraphs).error());
  Artifact artifact{.statement = opened->statement,
                    .text = std::move(*text),
                    .stored = candidate.artifact,
                    .jws = candidate.statement,
                    .body_signature = candidate.body_signature,
                    .signers = opened->signers,
                    .verdict = std::nullopt,
                    .subgraphs = std::move(*subgraphs),
                    .source = candidate.source};
  return approve_or_ask(candidate, *opened, state, std::move(artifact));
}

// Step 5: approvals in the statement, then evidence from before, then the webhook.
Examination Gate::approve_or_ask(const Candidate& candidate, const Opened& opened, const GateState& state,
                                 Artifact artifact) const {
  auto no = [&](Refusal why) {
    return refused(std::move(why), artifact.source, &artifact.statement, artifact.signers);
  };
  if (opened.approvals_missing == 0) return accept(std::move(artifact), opened.freshness.alarms);
  if (opened.approvals_missing > 1) {
    return no({Reason::roles_missing,
               fmt::format("{} approve signatures are missing; a webhook gives one", opened.approvals_missing)});
  }
  if (candidate.verdict) {
    auto used = use_verdict(*candidate.verdict, opened.jws, state, artifact);
    if (used) return accept(std::move(artifact), opened.freshness.alarms);
    if (!policy_.webhook) return no(std::move(used).error());
  }
  if (!policy_.webhook) {
    return no(opened.why_missing.value_or(Refusal{Reason::admission_required, "one approve signature is missing"}));
  }
  ReviewRequest request = make_request(artifact, opened.jws);
  events_->on_gate({.kind = GateEventKind::awaiting_approval,
                    .artifact = policy_.kind,
                    .source = artifact.source,
                    .serial = artifact.statement.serial,
                    .sha256 = artifact.statement.sha256,
                    .signers = artifact.signers});
  return PendingReview(std::move(artifact), std::move(request));
}

// Counts the verdict's approver beside those of the statement; the same key twice is still one.
Verification<> Gate::use_verdict(const StoredVerdict& verdict, const Jws& jws, const GateState& state,
                                 Artifact& artifact) const {
  auto approval = verify_verdict(verdict, {.jws = jws,
                                           .statement = artifact.statement,
                                           .trust = policy_.trust,
                                           .webhook_secrets = policy_.webhook_secrets,
                                           .now = clock_->wall(),
                                           .lenient_time = artifact.source == SourceKind::last_good});
  if (!approval) return std::unexpected(std::move(approval).error());
  // The floor of a router that knows none of its own.
  if (state.highest_serial == 0 && artifact.statement.serial < approval->min_serial) {
    return refuse(Reason::rollback, fmt::format("serial {} is below {}, which the webhook approved already",
                                                artifact.statement.serial, approval->min_serial));
  }
  Signer* signer = &approval->signer;
  if (std::ranges::find(artifact.signers, *signer) != artifact.signers.end()) {
    return refuse(Reason::roles_missing,
                  fmt::format("{} approved both in the statement and by webhook; two keys are needed", signer->kid));
  }
  artifact.signers.push_back(std::move(*signer));
  artifact.verdict = verdict;
  return {};
}

Admission Gate::admit(PendingReview pending, const StoredVerdict& verdict, const GateState& state) const {
  Artifact& artifact = pending.artifact_;
  auto no = [&](Refusal why) {
    return refused(std::move(why), artifact.source, &artifact.statement, artifact.signers);
  };
  if (artifact.statement.serial < state.highest_serial) {
    return no({Reason::superseded, fmt::format("serial {} was applied meanwhile", state.highest_serial)});
  }
  // Keys, floor, expiry and allowlist may have changed while the webhook thought: all of it is decided again.
  auto opened = open(artifact.jws, artifact.source, state);
  if (!opened) return no(std::move(opened).error());
  auto subgraphs = check_content(policy_.kind, *artifact.text, policy_.egress);
  if (!subgraphs) return no(std::move(subgraphs).error());
  artifact.signers = opened->signers;
  if (opened->approvals_missing > 1) return no({Reason::roles_missing, "an approval in the statement counts no more"});
  if (verdict.uid != pending.request_.uid) return no({Reason::admission_mismatch, "the answer is to another request"});
  auto used = use_verdict(verdict, opened->jws, state, artifact);
  if (!used) return admit_without_answer(std::move(pending), std::move(used).error(), state);
  return accept(std::move(artifact), opened->freshness.alarms);
}

// Whether an unsafe_ mode lets pass what has no approval for this reason.
bool Gate::waives(Reason reason) const {
  return policy_.admission == AdmissionMode::audit_only ||
         (policy_.admission == AdmissionMode::ignore_failures && is_unanswered(reason));
}

Admission Gate::admit_without_answer(PendingReview pending, Refusal why, const GateState& state) const {
  Artifact& artifact = pending.artifact_;
  const bool waived = waives(why.reason);
  auto opened = open(artifact.jws, artifact.source, state);
  auto subgraphs = check_content(policy_.kind, *artifact.text, policy_.egress);
  if (!opened) why = std::move(opened).error();
  if (opened && !subgraphs) why = std::move(subgraphs).error();
  const bool one_missing = opened && opened->approvals_missing <= 1;
  if (opened && !one_missing) why = {Reason::roles_missing, "an approval in the statement counts no more"};
  if (!waived || !one_missing || !subgraphs) {
    return refused(std::move(why), artifact.source, &artifact.statement, artifact.signers);
  }
  artifact.signers = std::move(opened->signers);
  artifact.approved = false;
  artifact.waived = std::move(why);
  opened->freshness.alarms.push_back(Alarm::unapproved);
  return accept(std::move(artifact), opened->freshness.alarms);
}

Verification<> Gate::confirm(const Artifact& artifact, const GateState& state) const {
  auto good = judge_again(artifact, state);
  if (good) return good;
  return std::unexpected(refused(std::move(good).error(), artifact.source, &artifact.statement, artifact.signers));
}

// The bytes are the same: keys, floor, expiry, allowlist and approvals may not be.
Verification<> Gate::judge_again(const Artifact& artifact, const GateState& state) const {
  auto opened = open({artifact.body_signature, artifact.jws, *artifact.stored}, artifact.source, state);
  if (!opened) return std::unexpected(std::move(opened).error());
  if (auto subgraphs = check_content(policy_.kind, *artifact.text, policy_.egress); !subgraphs) {
    return std::unexpected(std::move(subgraphs).error());
  }
  if (opened->approvals_missing == 0) return {};
  const bool waived = artifact.waived && waives(artifact.waived->reason);
  if (opened->approvals_missing > 1 || !(artifact.verdict || waived)) {
    return std::unexpected(opened->why_missing.value_or(
        Refusal{Reason::roles_missing, "approve signatures that counted do not count any more"}));
  }
  if (waived) return {};
  Artifact again = artifact;
  again.signers = std::move(opened->signers);
  return use_verdict(*artifact.verdict, opened->jws, state, again);
}

Standing Gate::standing(const Artifact& running) const {
  const Statement& statement = running.statement;
  const GateState itself{
      .highest_serial = statement.serial, .highest_sha256 = statement.sha256, .running_sha256 = statement.sha256};
  Standing standing;
  auto freshness = running.body_signature
                       ? check_body_freshness(statement, itself, policy_.trust)
                       : check_freshness(statement, itself, policy_.trust, running.source, clock_->wall());
  if (freshness) {
    standing.alarms = std::move(freshness->alarms);
  } else if (freshness.error().reason == Reason::expired) {
    standing.ended = std::move(freshness).error();
  } else {
    standing.alarms.push_back(Alarm::untrusted);
  }
  if (!running.approved) standing.alarms.push_back(Alarm::unapproved);
  auto lost = still_trusted(running, standing.alarms);
  if (!lost) return standing;
  const bool revoked = lost->reason == Reason::key_revoked;
  standing.alarms.push_back(revoked ? Alarm::key_revoked : Alarm::untrusted);
  if (revoked && policy_.on_revoked == OnRevoked::drop) standing.ended = std::move(lost);
  return standing;
}

std::optional<Refusal> Gate::still_trusted(const Artifact& running, std::vector<Alarm>& alarms) const {
  const SignatureOptions options{.now = clock_->wall(), .lenient_time = true};
  if (running.body_signature) {
    auto check = check_body(*running.body_signature, *running.stored, policy_.trust, options);
    if (!check) return std::move(check).error();
    if (check->past_key_validity) alarms.push_back(Alarm::key_past_validity);
    return std::nullopt;
  }
  const auto jws = parse_jws(running.jws);
  if (!jws) return Refusal{Reason::statement_malformed, jws.error()};
  auto check = check_signatures(*jws, policy_.trust, options);
  if (!check) return std::move(check).error();
  if (check->past_key_validity) alarms.push_back(Alarm::key_past_validity);
  if (check->approvals_missing == 0 || !running.approved) return std::nullopt;
  const bool revoked = std::ranges::any_of(running.signers, [&](const Signer& signer) {
    return signer.role == Role::approve && policy_.trust.is_revoked(signer.kid);
  });
  if (check->approvals_missing > 1 || !running.verdict) {
    return Refusal{revoked ? Reason::key_revoked : Reason::roles_missing,
                   "approve signatures that counted do not count any more"};
  }
  const auto signer = verify_verdict(*running.verdict, {.jws = *jws,
                                                        .statement = running.statement,
                                                        .trust = policy_.trust,
                                                        .webhook_secrets = policy_.webhook_secrets,
                                                        .now = clock_->wall(),
                                                        .lenient_time = true});
  if (signer) return std::nullopt;
  return revoked ? Refusal{Reason::key_revoked, signer.error().detail} : signer.error();
}

GateState Gate::after(const GateState& before, const Artifact& artifact) const {
  const std::string& sha256 = artifact.statement.sha256;
  GateState now{.highest_serial = artifact.statement.serial,
                .highest_sha256 = sha256,
                .running_sha256 = sha256,
                .highest_issued = artifact.statement.issued,
                .replaced = before.replaced};
  std::erase(now.replaced, sha256);
  const bool kept = policy_.takes_bodies() || !before.replaced.empty();
  if (!kept || before.highest_sha256.empty() || before.highest_sha256 == sha256) return now;
  now.replaced.push_back(before.highest_sha256);
  if (now.replaced.size() > kReplacedMax) now.replaced.erase(now.replaced.begin());
  return now;
}

Verified<Artifact> Gate::accept(Artifact artifact, std::span<const Alarm> alarms) const {
  GateEvent event{.kind = GateEventKind::accepted,
                  .artifact = policy_.kind,
                  .source = artifact.source,
                  .serial = artifact.statement.serial,
                  .sha256 = artifact.statement.sha256,
                  .signers = artifact.signers};
  events_->on_gate(event);
  event.kind = GateEventKind::alarm;
  for (Alarm alarm : alarms) {
    event.alarm = alarm;
    events_->on_gate(event);
  }
  return Verified<Artifact>(std::move(artifact));
}

Refusal Gate::refused(Refusal refusal, SourceKind source, const Statement* statement,
                      std::span<const Signer> signers) const {
  GateEvent event{.kind = GateEventKind::refused,
                  .artifact = policy_.kind,
                  .source = source,
                  .signers = signers,
                  .reason = refusal.reason,
                  .detail = refusal.detail};
  if (statement != nullptr) {
    event.serial = statement->serial;
    event.sha256 = statement->sha256;
  }
  events_->on_gate(event);
  return refusal;
}

}  // namespace signet::signing
