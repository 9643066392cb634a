#include "router/app/journal.hpp"

namespace signet::app {

using signing::GateEventKind;
using telemetry::MetricId;

Journal::Journal(TelemetryHub& telemetry, telemetry::LabelTable& labels, const Clock& clock)
    : telemetry_(telemetry),
      labels_(labels),
      clock_(clock),
      audit_([this](const std::string& problem) { not_audited(problem); }) {}

void Journal::open(const std::string& state_dir) {
  if (!state_dir.empty()) audit_.open(state_dir + "/audit.log");
}

void Journal::record(std::string_view type, const signing::AuditAttributes& attributes) {
  audit_.append(clock_.wall(), type, attributes);
}

void Journal::not_audited(const std::string& problem) {
  telemetry_.metrics().add(MetricId::audit_failed, {});
  telemetry_.event(LogLevel::error, "audit_failed",
                   {{"problem", problem},
                    {"what_to_do",
                     "make audit.log in graph.state_dir a writable file of at most 256 MiB: move a "
                     "larger one away and restart"}});
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

void Journal::reloaded() {
  telemetry_.event(LogLevel::info, "reloaded", {});
  record("reload.applied", {});
}

void Journal::reload_refused(const std::string& error) {
  telemetry_.event(LogLevel::error, "reload_refused", {{"error", error}});
  record("reload.refused", {});
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
