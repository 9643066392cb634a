// What /status tells: what serves and why it may, what was refused last, and what to do about either.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config-schema/posture.hpp"
#include "router/app/artifact_watcher.hpp"
#include "router/app/certificate_watcher.hpp"
#include "router/app/secret_watcher.hpp"
#include "router/app/snapshot.hpp"
#include "router/json/writer.hpp"

namespace signet::app {

/// The state of the process, as the pages show it. Owned by the control thread.
struct ProcessState {
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<std::pair<std::string, ArtifactWatcher*>> watchers;  ///< by kind of artifact
  const CertificateWatcher* certificates = nullptr;
  const SecretWatcher* secrets = nullptr;
  std::optional<signing::Verified<signing::Artifact>> config_artifact;  ///< the configuration, where it is a signed one
  std::vector<config::Weakness> posture;                                ///< of the configuration in force
  /// The last reload, where it was refused: why, without the text of the files. A restart would fail in the same way.
  struct RefusedReload {
    std::string error;
    WallTime at;
  };
  std::optional<RefusedReload> refused_reload;
  bool draining = false;
  unsigned workers = 0;
  WallTime started;

  /// Why the process is not ready; empty when it is. With `readiness.on_stale: not_ready` an expired graph counts.
  std::string not_ready(WallTime now) const;
};

/// The members "admission" and "trust" of the open object: the unsafe_ keys that are in use. Nothing where there are
/// none.
void write_admission(json::Writer& writer, const ProcessState& state);

/// The JSON of /status.
std::string status_page(const ProcessState& state, WallTime now);

/// One object: reason, time, title, detail, what to do.
void write_refusal(json::Writer& writer, const LastRefusal& last);

}  // namespace signet::app
