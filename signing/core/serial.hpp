// Serials: integers that only grow, close to Unix time, so that a stolen key cannot jump far ahead unseen.
#pragma once

#include <cstdint>
#include <string_view>

#include "router/base/clock.hpp"
#include "router/base/result.hpp"
#include "signing/core/statement.hpp"

namespace signet::signing {

inline constexpr uint64_t kFastForwardSecondsMax = uint64_t{24} * 3600;

/// The larger of `last` + 1 and the clock's Unix seconds; `last` is 0 when nothing was signed yet.
/// Errors: a last serial so far ahead that routers would refuse the next one.
Result<uint64_t> next_serial(uint64_t last, WallTime now);

struct StatementRequest {
  ArtifactKind artifact = ArtifactKind::graph;
  std::string_view graph;
  std::string_view environment;
  std::string_view artifact_bytes;  ///< as they will be stored
  std::string_view previous;        ///< sha256 of the artifact it replaces; empty for the first
  uint64_t last_serial = 0;
  std::chrono::seconds lifetime{92 * 24 * 3600};
};

/// A new statement about an artifact. A rollback is the same call over the old artifact's bytes: a new serial, and
/// `previous` names what serves now.
Result<Statement> make_statement(const StatementRequest& request, WallTime now);

}  // namespace signet::signing
