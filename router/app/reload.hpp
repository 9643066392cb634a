// What comes of a reload: of the configuration at once, of each artifact when its source has been asked.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "router/app/artifact_watcher.hpp"
#include "router/net/event_loop.hpp"
#include "telemetry/export/event_log.hpp"

namespace signet::app {

struct ArtifactOutcome {
  enum class What : uint8_t { pending, unchanged, changed, refused };
  std::string kind;  ///< "graph", "operations"
  What what = What::pending;
  uint64_t serial = 0;  ///< of what serves now; 0: nothing does
  std::string sha256;
  std::optional<LastRefusal> refusal;  ///< refused: why
};
std::string_view to_text(ArtifactOutcome::What what);

struct ReloadOutcome {
  std::string configuration_error;        ///< empty: it is in force
  std::vector<std::string> tls_problems;  ///< of certificates and their files that stay as they were
  std::vector<ArtifactOutcome> artifacts;

  bool refused() const;
  /// 200 all is in force, 202 a source has not answered yet, 409 something was refused.
  int status() const;
  std::string to_json() const;
  /// The same for a line of the log: a kind of artifact, and what came of it. Lifetime: borrows from this.
  telemetry::EventFields to_fields() const;
};

using WatchedArtifacts = std::vector<std::pair<std::string, ArtifactWatcher*>>;

/// Has every source asked; `done` runs on the loop when all have answered or after `time_max`, never inside this call.
/// Lifetime: the watchers outlive the loop's work. Threads: the loop's.
void poll_all(net::EventLoop& loop, const WatchedArtifacts& watchers, std::chrono::milliseconds time_max,
              std::function<void(std::vector<ArtifactOutcome>)> done);

}  // namespace signet::app
