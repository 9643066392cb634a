// The audit chain: JSON lines, each bound to the one before by a digest, with signed checkpoints; and its verifier.
//
//   {"v":1,"seq":7,"time":"…Z","type":"gate.refused","attrs":{…},"prev":"<hex>","hash":"<hex>"}\n
//   hash = SHA-256(0x00 ‖ the line up to and without ,"hash"…), prev = hash of the line before (the first: 64 zeros)
//   checkpoint: type "checkpoint", attrs {"kid","sig"}; sig signs "signet.audit.v1 <seq> <prev>", so that all before it
//   is covered.
//
// Files, rotation, fsync and recovery are router/app's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/base/clock.hpp"
#include "signing/core/key.hpp"

namespace signet::signing {

/// The place in the chain after its newest record: what an anchor holds.
struct AuditTip {
  uint64_t records = 0;
  std::string hash = std::string(64, '0');
  friend bool operator==(const AuditTip&, const AuditTip&) = default;
};

/// Names and values of one record; values are strings, never request data.
using AuditAttributes = std::vector<std::pair<std::string, std::string>>;

/// Threads: one.
class AuditChain {
 public:
  explicit AuditChain(AuditTip tip = {}) : tip_(std::move(tip)) {}

  /// The next line, with its LF. `type` is a plain name like "gate.refused".
  std::string append(WallTime now, std::string_view type, const AuditAttributes& attributes);
  /// A checkpoint line over everything before it.
  std::string checkpoint(WallTime now, const SigningKey& key);
  const AuditTip& tip() const { return tip_; }

 private:
  AuditTip tip_;
};

/// The exit codes of `signet audit verify`.
enum class AuditStatus : uint8_t { ok = 0, altered = 1, truncated = 10, gap = 11, unsigned_tail = 12 };

struct AuditReport {
  AuditStatus status = AuditStatus::ok;
  AuditTip tip;                 ///< after the last good record
  uint64_t signed_records = 0;  ///< covered by a checkpoint that verifies
  std::string detail;           ///< what is wrong, empty when ok
};

struct AuditCheck {
  std::vector<VerificationKey> keys;  ///< those that may sign checkpoints
  AuditTip start;                     ///< where this segment begins
  std::optional<AuditTip> anchor;     ///< a tip from elsewhere that the log must contain
  uint64_t unsigned_records_max = 0;  ///< records after the last checkpoint that are still fine
};

AuditReport verify_audit(std::string_view log, const AuditCheck& check);

}  // namespace signet::signing
