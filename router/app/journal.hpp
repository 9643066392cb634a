// Journal: what happens to configuration, told three ways at once: one metric, one audit record, one log line with what
// to do.
#pragma once

#include <expected>
#include <optional>
#include <set>
#include <string>

#include "config-schema/posture.hpp"
#include "router/app/audit_log.hpp"
#include "router/app/policy_changes.hpp"
#include "router/app/telemetry_hub.hpp"
#include "router/app/tls_files.hpp"
#include "router/base/clock.hpp"
#include "signing/core/gate.hpp"

namespace signet::app {

/// An answer of the admission webhook about one artifact.
struct AdmissionVerdict {
  signing::ArtifactKind artifact = signing::ArtifactKind::graph;
  uint64_t serial = 0;
  std::string sha256;
  std::string uid;          ///< of the request that was answered
  std::string approved_by;  ///< a kid, or "webhook"; empty: it did not approve
  std::string reason;       ///< why not, as a refusal's code
};

/// Threads: the control thread.
class Journal {
 public:
  Journal(TelemetryHub& telemetry, telemetry::LabelTable& labels, const Clock& clock);

  /// From here on there are audit records, in `state_dir`. Empty: there are none.
  /// Errors: the log was altered and `audit.on_tamper` is refuse_start.
  std::expected<void, std::string> open(const std::string& state_dir, const config::Audit& audit,
                                        std::optional<signing::SigningKey> key);
  /// Signs and anchors the audit log, when it has something new.
  void checkpoint() { audit_.checkpoint(clock_.wall()); }

  void started(std::string_view version, bool development, PolicyInForce policy);
  /// The end of the process, as far as it is orderly.
  void stopped(std::string_view why);

  /// One decision of the gate.
  void decided(const signing::GateEvent& event);
  void judged(const AdmissionVerdict& verdict);
  /// An artifact serves, but a restart will not know of it.
  void not_saved(const std::string& problem);
  /// Gauges of all alarms, of which `raised` are on.
  void set_alarms(telemetry::MetricShard& metrics, signing::ArtifactKind kind,
                  const std::set<signing::Alarm>& raised) const;

  /// How long what runs may.
  void set_expiry(telemetry::MetricShard& metrics, const signing::Artifact& running) const;
  /// How long keys may, and what is trusted although it need not be.
  void set_trust(telemetry::MetricShard& metrics, const config::Trust& trust,
                 const std::vector<config::Weakness>& posture) const;

  /// Somebody asked for a reload: "signal" or "admin".
  void reload_asked(std::string_view by);
  void reloaded(PolicyInForce policy);
  void reload_refused(const std::string& error);
  /// What is odd about a configuration that is used all the same.
  void config_warning(const std::string& warning);
  /// The sources have answered since, or not in time: what came of each kind of artifact.
  void reload_done(const std::string& by, bool refused, telemetry::EventFields outcomes);

  /// Other certificates, keys or authorities under this YAML key are in use.
  void tls_files_applied(const std::string& key, std::optional<WallTime> expires);
  void tls_files_refused(const FileProblem& problem);

  /// What the file under this YAML key holds now is in use.
  void secret_applied(const std::string& key);
  void secret_refused(const FileProblem& problem);
  /// Other keys, or another policy, are in force, without a reload.
  void policy_in_force(PolicyInForce policy);

 private:
  void not_audited(const std::string& problem);
  void tampered(const std::string& problem);
  void anchored(const signing::AuditTip& tip, uint64_t segment);
  int64_t seconds_until(WallTime time) const;
  /// A file that cannot be used: audit record and log line.
  void record_refused(std::string_view type, std::string_view event, const FileProblem& problem,
                      std::string_view what_to_do);
  void record(std::string_view type, const signing::AuditAttributes& attributes);

  TelemetryHub& telemetry_;
  telemetry::LabelTable& labels_;
  const Clock& clock_;
  AuditLog audit_;
  PolicyInForce policy_;
};

}  // namespace signet::app
