// StateRecord: the serial floor of one kind of artifact, as it lies in the state folder.
//
//   signet-state 1 <sha256 of the second line, hex>\n
//   {"artifact":"graph","graph":"shop","environment":"production","serial":1795600000,"sha256":"…","applied":"…Z"}\n
//
// Under trust.unsafe_compat a last member "replaced" holds the digests of what was replaced, the oldest first.
//
// The digest notices damage, not an enemy: whoever writes the state folder can also delete it. trust.min_serial is the
// floor for that case.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "signing/core/gate_checks.hpp"
#include "signing/core/statement.hpp"

namespace signet::signing {

struct StateRecord {
  ArtifactKind artifact = ArtifactKind::graph;
  std::string graph;
  std::string environment;
  uint64_t serial = 0;
  std::string sha256;
  WallTime applied{};                   ///< of what has no statement: when it came first
  std::vector<std::string> replaced{};  ///< as in GateState

  /// The floor for the gate, with nothing running.
  GateState gate_state() const {
    return {.highest_serial = serial,
            .highest_sha256 = sha256,
            .running_sha256 = {},
            .highest_issued = applied,
            .replaced = replaced};
  }
  friend bool operator==(const StateRecord&, const StateRecord&) = default;
};

std::string print_state(const StateRecord& record);
/// Errors: one sentence; go on as if there were no file, and raise state_corrupt.
std::expected<StateRecord, std::string> parse_state(std::string_view file);

inline constexpr size_t kStateFileBytesMax = 32u << 10;

}  // namespace signet::signing
