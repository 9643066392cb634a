// The audit chain: JSON lines, each bound to the one before by a digest, with signed checkpoints, in segments.
//
//   {"v":1,"seq":7,"time":"…Z","type":"gate.refused","attrs":{…},"prev":"<hex>","hash":"<hex>"}\n
//   hash = SHA-256(0x00 ‖ the line up to and without ,"hash"…), prev = hash of the line before (the first: 64 zeros)
//   checkpoint: type "checkpoint", attrs {"kid","sig"}; sig signs "signet.audit.v1 <seq> <prev>", so that all before it
//   is covered.
//   segment: type "segment", attrs {"segment"}, the first line of each file; its seq and prev are the record count and
//   the last hash of the segments before.
//   retention.drop: attrs {"segment","records","hash"}, written before that segment and all before it are deleted.
//
// Files, rotation, fsync and recovery are router/app's. Spec: docs/formats/audit-log.md
#pragma once

#include <cstdint>
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

  /// The next line, with its LF. `type` is a plain name like "gate.refused"; of a value longer than 4 KiB the beginning
  /// is recorded.
  std::string append(WallTime now, std::string_view type, const AuditAttributes& attributes);
  /// A checkpoint line over everything before it.
  std::string checkpoint(WallTime now, const SigningKey& key);
  /// The first line of a segment. Segments count from 1.
  std::string begin_segment(WallTime now, uint64_t segment);
  /// Says that `segment`, which ends at `end`, and all before it are about to be deleted.
  std::string drop_segment(WallTime now, uint64_t segment, const AuditTip& end);
  const AuditTip& tip() const { return tip_; }

 private:
  AuditTip tip_;
};

}  // namespace signet::signing
