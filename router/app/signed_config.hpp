// The configuration as an artifact: under a trust root that asks for it, the YAML passes the gate before anything of it
// is read.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "config-schema/trust_root.hpp"
#include "router/base/clock.hpp"
#include "signing/core/gate.hpp"

namespace signet::app {

struct ConfigRefusal {
  std::string text;                       ///< what is wrong, and with which file
  std::optional<signing::Refusal> why{};  ///< the gate's; unset: the gate could not be asked
  /// The trust root as it is now, where that is not what was refused: what it takes away, it takes away all the same.
  std::optional<config::SourceFile> trust_root{};
};

struct VerifiedConfig {
  signing::Verified<signing::Artifact> artifact;
  std::vector<std::string> warnings;  ///< what is to be said about it all the same: it is past its expiry, say
};

/// `file` with its statement beside it, judged by the keys of `root` and the floor in its state folder. A webhook
/// cannot approve it: which one to ask is what the file says. `running`: the one in force, which is a floor too; null:
/// none is. `patience`: how long a statement that is not about the file is taken for one of two files that are being
/// replaced. The configuration that was used last is good past its expiry, as a last-good copy is.
std::expected<VerifiedConfig, ConfigRefusal> verify_config(const config::TrustRoot& root, const std::string& file,
                                                           const Clock& clock, const signing::Artifact* running,
                                                           std::chrono::milliseconds patience);

}  // namespace signet::app
