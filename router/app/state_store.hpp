// StateStore: the state folder. Serial floors and last-good copies, one pair per kind of artifact.
#pragma once

#include <optional>
#include <string>

#include "signing/core/gate.hpp"
#include "signing/core/state_record.hpp"

namespace signet::app {

/// With an empty folder nothing is kept: development and demo.
class StateStore {
 public:
  explicit StateStore(std::string folder) : folder_(std::move(folder)) {}

  /// True when files can be written there. Errors: the system's words, with the folder.
  std::expected<void, std::string> check() const;
  /// What was applied last. `problem` gets a sentence when a file is there and damaged.
  std::optional<signing::StateRecord> load_state(signing::ArtifactKind kind, std::string& problem) const;
  std::optional<signing::Candidate> load_last_good(signing::ArtifactKind kind, std::string& problem) const;
  /// Whether floor and copy of `kind` are there; always when nothing is kept.
  bool holds(signing::ArtifactKind kind) const;
  /// The copy first, then the floor: after a crash between them the copy, which a start looks at first, is above the
  /// floor and raises it. The other way round there would be nothing to serve while the source cannot be heard. A copy
  /// that cannot be written keeps no floor from being raised.
  /// Errors: the system's words; the artifact serves on all the same.
  /// `state`: of the gate, with that artifact applied.
  std::expected<void, std::string> save(const signing::Artifact& artifact, const signing::GateState& state,
                                        WallTime now) const;

 private:
  std::string path(signing::ArtifactKind kind, std::string_view suffix) const;
  std::string folder_;
};

}  // namespace signet::app
