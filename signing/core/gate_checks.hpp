// The gate's checks one by one: freshness, decompression, form and egress. Pure functions behind gate.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "router/http/egress.hpp"
#include "signing/core/artifact.hpp"
#include "signing/core/refusal.hpp"
#include "signing/core/trust_policy.hpp"

namespace signet::signing {

/// Digests kept of what was replaced; the oldest is forgotten first.
inline constexpr size_t kReplacedMax = 256;

/// What the process and the state folder know: serialised as StateRecord.
struct GateState {
  uint64_t highest_serial = 0;  ///< ever applied; 0: nothing known (trust on first use)
  std::string highest_sha256;   ///< of the artifact applied with that serial
  std::string running_sha256;   ///< of the snapshot that serves; empty while nothing does
  WallTime highest_issued{};    ///< when that artifact was issued: what has no statement keeps the time it came at
  /// Digests of what was applied before and replaced, the oldest first: kept under trust.unsafe_compat, where nothing
  /// else tells old from new.
  std::vector<std::string> replaced{};
};

/// What deserves attention although the artifact gets in or stays.
enum class Alarm : uint8_t {
  first_use,          ///< no serial floor was known
  expired,            ///< it serves on past its expiry, within trust.stale_grace
  key_past_validity,  ///< a key that counted is past its not_after
  clock,              ///< its serial or issue time lies more than 24 h ahead of this clock
  unapproved,         ///< it got in without approval under an unsafe_ admission mode
  key_revoked,        ///< a key that was needed to let it in is revoked since
  untrusted,          ///< it would not be let in any more: a key is not listed any longer, or the floor was raised
  unconfirmed,        ///< its source has not said for long that it is the newest
  state_lost,         ///< its serial floor is not on disk any more
};
inline constexpr size_t kAlarms = 9;
std::string_view to_text(Alarm alarm);
/// What an operator does about it.
std::string_view what_to_do(Alarm alarm);

struct Freshness {
  bool no_change = false;  ///< it is the running snapshot
  std::vector<Alarm> alarms;
};

/// What was admitted before (source last_good, or the running snapshot) is held to the serial floor, but serves on
/// past its expiry within the grace, and a wrong clock only raises an alarm.
Verification<Freshness> check_freshness(const Statement& statement, const GateState& state, const TrustPolicy& trust,
                                        SourceKind source, WallTime now);

/// The floors alone. Errors: below_min_serial, rollback, serial_conflict.
Verification<> check_floor(const Statement& statement, const GateState& state, const TrustPolicy& trust);
/// Whether `statement` is about what serves.
bool is_running(const Statement& statement, const GateState& state);

/// Size and digest of the stored bytes. Errors: size_mismatch, digest_mismatch.
Verification<> check_digest(const Statement& statement, std::string_view stored);

/// The bytes that are parsed: `stored` itself, or what its gzip holds. Call only with verified bytes.
/// Errors: compression (caps, damage, zstd).
Verification<std::shared_ptr<const std::string>> unpack(const std::shared_ptr<const std::string>& stored);

/// UTF-8 without byte-order mark and NUL; JSON without duplicate names for kind operations; for kind graph the
/// subgraphs, every URL of which is allowed. Errors: format, egress.
Verification<std::vector<Subgraph>> check_content(ArtifactKind kind, const std::string& text,
                                                  const http::EgressPolicy& egress);

}  // namespace signet::signing
