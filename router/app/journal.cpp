#include "router/app/journal.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/base/units.hpp"

namespace signet::app {

using signing::GateEventKind;
using telemetry::MetricId;

namespace {

constexpr size_t kReasonBytesMax = 512;

}  // namespace

Journal::Journal(TelemetryHub& telemetry, telemetry::LabelTable& labels, const Clock& clock)
    : telemetry_(telemetry),
      labels_(labels),
      clock_(clock),
      audit_({.problem = [this](const std::string& problem) { not_audited(problem); },
              .tampered = [this](const std::string& problem) { tampered(problem); },
              .anchor = [this](const signing::AuditTip& tip, uint64_t segment) { anchored(tip, segment); }}) {}

std::expected<void, std::string> Journal::open(const std::string& state_dir, const config::Audit& audit,
                                               std::optional<signing::SigningKey> key) {
  if (state_dir.empty()) return {};
  const std::string signed_by = key ? key->kid : "";
  auto opened = audit_.open({.folder = state_dir,
                             .key = std::move(key),
                             .checkpoint_records = audit.checkpoint_records,
                             .segment_bytes = audit.rotate_bytes,
                             .segments_kept = audit.rotate_keep,
                             .refuse_tampered = audit.on_tamper == config::OnTamper::refuse_start},
                            clock_.wall());
  if (!opened) {
    return std::unexpected(
        fmt::format("the audit log was altered: {}; keep the files for inquiry: move {}/audit-* "
                    "away, then start again",
                    opened.error(), state_dir));
  }
  if (!audit_.is_open()) return {};
  telemetry::EventFields fields{{"records", std::to_string(audit_.tip().records)},
                                {"segment", std::to_string(audit_.segment())},
                                {"signed_by", signed_by.empty() ? "nobody" : signed_by}};
  if (signed_by.empty()) {
    fields.emplace_back("what_to_do",
                        "set audit.key_file and audit.kid: without signatures whoever writes to the folder can write "
                        "the log anew, and only the anchors in this log tell");
  }
  telemetry_.event(LogLevel::info, "audit_opened", fields);
  return {};
}

void Journal::record(std::string_view type, const signing::AuditAttributes& attributes) {
  audit_.append(clock_.wall(), type, attributes);
}

void Journal::not_audited(const std::string& problem) {
  telemetry_.metrics().add(MetricId::audit_failed, {});
  telemetry_.event(
      LogLevel::error, "audit_failed",
      {{"problem", problem},
       {"what_to_do",
        "make graph.state_dir a folder with room that this user may write to, and audit-*.log in it files: "
        "the next record continues the log"}});
}

void Journal::tampered(const std::string& problem) {
  telemetry_.event(
      LogLevel::error, "audit_tampered",
      {{"problem", problem},
       {"what_to_do", "find out who wrote to graph.state_dir; signet audit verify --dir tells what is left to trust"}});
}

void Journal::anchored(const signing::AuditTip& tip, uint64_t segment) {
  telemetry_.event(
      LogLevel::info, "audit_checkpoint",
      {{"records", std::to_string(tip.records)}, {"hash", tip.hash}, {"segment", std::to_string(segment)}});
}

void Journal::started(std::string_view version, bool development, PolicyInForce policy) {
  policy_ = std::move(policy);
  signing::AuditAttributes attributes{{"version", std::string(version)},
                                      {"mode", development ? "development" : "serve"}};
  std::ranges::copy(describe_policy(policy_), std::back_inserter(attributes));
  record("process.start", attributes);
  checkpoint();
}

void Journal::stopped(std::string_view why) {
  record("process.stop", {{"why", std::string(why)}});
  checkpoint();
}

void Journal::not_saved(const std::string& problem) {
  record("state.not_saved", {{"problem", problem}});
  telemetry_.event(LogLevel::error, "artifact_alarm",
                   {{"alarm", "state_not_saved"},
                    {"problem", problem},
                    {"what_to_do", "make graph.state_dir writable: until then a restart may accept an older graph"}});
}

void Journal::set_alarms(telemetry::MetricShard& metrics, signing::ArtifactKind kind,
                         const std::set<signing::Alarm>& raised) const {
  for (size_t i = 0; i < signing::kAlarms; ++i) {
    const auto alarm = static_cast<signing::Alarm>(i);
    if (alarm == signing::Alarm::first_use) continue;  // it tells of a moment
    metrics.set(MetricId::config_alarm,
                telemetry::AttributeSet()
                    .alarm_name(labels_.alarm(signing::to_text(alarm)))
                    .artifact_kind(labels_.artifact(signing::to_text(kind))),
                raised.contains(alarm) ? 1 : 0);
  }
}

void Journal::set_expiry(telemetry::MetricShard& metrics, const signing::Artifact& running) const {
  if (!running.statement.ever_expires()) return;
  metrics.set(MetricId::config_expires_in,
              telemetry::AttributeSet().artifact_kind(labels_.artifact(signing::to_text(running.statement.artifact))),
              seconds_until(running.statement.expires));
}

void Journal::set_trust(telemetry::MetricShard& metrics, const config::Trust& trust,
                        const std::vector<config::Weakness>& posture) const {
  metrics.forget(MetricId::key_expires_in);
  for (const config::TrustKey& key : trust.keys) {
    if (!key.not_after) continue;
    metrics.set(MetricId::key_expires_in, telemetry::AttributeSet().key_id(labels_.key_id(key.kid)),
                seconds_until(*key.not_after));
  }
  metrics.forget(MetricId::posture_weak);
  for (const config::Weakness& weakness : posture) {
    metrics.set(MetricId::posture_weak, telemetry::AttributeSet().posture_choice(labels_.choice(weakness.name())), 1);
  }
}

int64_t Journal::seconds_until(WallTime time) const {
  return std::chrono::floor<std::chrono::seconds>(time - clock_.wall()).count();
}

void Journal::reload_asked(std::string_view by) {
  record(by == "admin" ? "admin.reload" : "reload.asked", {{"by", std::string(by)}});
}

void Journal::reloaded(PolicyInForce policy) {
  telemetry_.event(LogLevel::info, "reloaded", {});
  record("reload.applied", {});
  policy_in_force(std::move(policy));
}

void Journal::policy_in_force(PolicyInForce policy) {
  if (const auto keys = key_changes(policy_.trust, policy.trust); !keys.empty()) record("keys.changed", keys);
  if (const auto changes = policy_changes(policy_, policy); !changes.empty()) record("policy.changed", changes);
  policy_ = std::move(policy);
}

void Journal::reload_refused(const std::string& error) {
  telemetry_.event(LogLevel::error, "reload_refused", {{"error", error}});
  // The first of several.
  record("reload.refused", {{"reason", error.substr(0, std::min(error.find('\n'), kReasonBytesMax))}});
}

void Journal::config_warning(const std::string& warning) {
  telemetry_.event(LogLevel::warn, "configuration_warning", {{"warning", warning}});
}

void Journal::reload_done(const std::string& by, bool refused, telemetry::EventFields outcomes) {
  outcomes.insert(outcomes.begin(), {"by", by});
  telemetry_.event(refused ? LogLevel::error : LogLevel::info, "reload_done", outcomes);
}

void Journal::tls_files_applied(const std::string& key, std::optional<WallTime> expires) {
  telemetry_.metrics().add(MetricId::tls_files_applied, {});
  telemetry::EventFields fields{{"key", key}};
  signing::AuditAttributes attributes{{"key", key}};
  if (expires) {
    fields.emplace_back("certificate_expires", format_timestamp(*expires));
    attributes.emplace_back("certificate_expires", format_timestamp(*expires));
  }
  record("tls.applied", attributes);
  telemetry_.event(LogLevel::info, "tls_files_applied", fields);
}

void Journal::tls_files_refused(const FileProblem& problem) {
  telemetry_.metrics().add(MetricId::tls_files_refused, {});
  record_refused("tls.refused", "tls_files_refused", problem, kTlsFilesWhatToDo);
}

void Journal::secret_applied(const std::string& key) {
  telemetry_.metrics().add(MetricId::secrets_applied, {});
  record("secret.applied", {{"key", key}});
  telemetry_.event(LogLevel::info, "secret_applied", {{"key", key}});
}

void Journal::secret_refused(const FileProblem& problem) {
  telemetry_.metrics().add(MetricId::secrets_refused, {});
  record_refused("secret.refused", "secret_refused", problem, kSecretFileWhatToDo);
}

void Journal::record_refused(std::string_view type, std::string_view event, const FileProblem& problem,
                             std::string_view what_to_do) {
  record(type, {{"key", problem.key}, {"file", problem.file}, {"reason", problem.reason}});
  telemetry_.event(LogLevel::error, event,
                   {{"key", problem.key},
                    {"file", problem.file},
                    {"reason", problem.reason},
                    {"what_to_do", std::string(what_to_do)}});
}

void Journal::judged(const AdmissionVerdict& verdict) {
  const bool allowed = !verdict.approved_by.empty();
  record("admission.verdict", {{"artifact", std::string(signing::to_text(verdict.artifact))},
                               {"serial", std::to_string(verdict.serial)},
                               {"sha256", verdict.sha256},
                               {"uid", verdict.uid},
                               {"allowed", allowed ? "true" : "false"},
                               allowed ? std::pair("by", verdict.approved_by) : std::pair("reason", verdict.reason)});
}

void Journal::decided(const signing::GateEvent& event) {
  const std::string kind(signing::to_text(event.artifact));
  const std::string source(signing::to_text(event.source));
  signing::AuditAttributes audit{{"artifact", kind}, {"source", source}};
  telemetry::EventFields fields{{"artifact", kind}, {"source", source}};
  if (event.serial > 0) {
    audit.emplace_back("serial", std::to_string(event.serial));
    fields.emplace_back("serial", std::to_string(event.serial));
  }
  if (!event.sha256.empty()) {
    audit.emplace_back("sha256", event.sha256);
    fields.emplace_back("sha256", event.sha256);
  }
  for (const signing::Signer& signer : event.signers) {
    audit.emplace_back("signer." + std::string(signing::to_text(signer.role)), signer.kid);
  }
  switch (event.kind) {
    case GateEventKind::accepted:
      telemetry_.metrics().add(MetricId::config_applied, {});
      record("gate.accepted", audit);
      telemetry_.event(LogLevel::info, "artifact_accepted", fields);
      break;
    case GateEventKind::refused: {
      const signing::ReasonInfo& reason = signing::info(*event.reason);
      telemetry_.metrics().add(MetricId::config_refused,
                               telemetry::AttributeSet().refusal_reason(labels_.refusal_reason(reason.code)));
      audit.emplace_back("reason", reason.code);
      audit.emplace_back("detail", event.detail);
      record("gate.refused", audit);
      fields.emplace_back("reason", reason.code);
      fields.emplace_back("detail", event.detail);
      fields.emplace_back("what_to_do", reason.what_to_do);
      telemetry_.event(LogLevel::error, "artifact_refused", fields);
      break;
    }
    case GateEventKind::alarm:
      fields.emplace_back("alarm", signing::to_text(*event.alarm));
      audit.emplace_back("alarm", signing::to_text(*event.alarm));
      record("gate.alarm", audit);
      if (!event.detail.empty()) fields.emplace_back("detail", event.detail);
      fields.emplace_back("what_to_do", signing::what_to_do(*event.alarm));
      telemetry_.event(LogLevel::warn, "artifact_alarm", fields);
      break;
    case GateEventKind::alarm_ended:
      fields.emplace_back("alarm", signing::to_text(*event.alarm));
      audit.emplace_back("alarm", signing::to_text(*event.alarm));
      record("gate.alarm_ended", audit);
      telemetry_.event(LogLevel::info, "artifact_alarm_ended", fields);
      break;
    case GateEventKind::awaiting_approval:
      telemetry_.event(LogLevel::info, "artifact_awaits_approval", fields);
      break;
    case GateEventKind::no_change:
      break;
  }
}

}  // namespace signet::app
