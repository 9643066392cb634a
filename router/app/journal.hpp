// Journal: what happens to configuration, told three ways at once: one metric, one audit record, one log line with what
// to do.
#pragma once

#include <set>
#include <string>

#include "router/app/audit_file.hpp"
#include "router/app/telemetry_hub.hpp"
#include "router/base/clock.hpp"
#include "signing/core/gate.hpp"

namespace signet::app {

/// Threads: the control thread.
class Journal {
 public:
  Journal(TelemetryHub& telemetry, telemetry::LabelTable& labels, const Clock& clock);

  /// From here on there are audit records, in this folder. Empty: there are none.
  void open(const std::string& state_dir);

  /// One decision of the gate.
  void decided(const signing::GateEvent& event);
  /// An artifact serves, but a restart will not know of it.
  void not_saved(const std::string& problem);
  /// Gauges of all alarms, of which `raised` are on.
  void set_alarms(telemetry::MetricShard& metrics, signing::ArtifactKind kind,
                  const std::set<signing::Alarm>& raised) const;
  void reloaded();
  void reload_refused(const std::string& error);

 private:
  void not_audited(const std::string& problem);
  void record(std::string_view type, const signing::AuditAttributes& attributes);

  TelemetryHub& telemetry_;
  telemetry::LabelTable& labels_;
  const Clock& clock_;
  AuditFile audit_;
};

}  // namespace signet::app
