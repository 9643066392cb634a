// The verifier of the audit chain: segments in order, without I/O. It stops at the first thing that is wrong.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signing/core/audit_chain.hpp"

namespace signet::signing {

/// The exit codes of `signet audit verify`.
enum class AuditStatus : uint8_t { ok = 0, altered = 1, truncated = 10, gap = 11, unsigned_tail = 12 };
std::string_view to_text(AuditStatus status);

struct AuditCheck {
  std::vector<VerificationKey> keys;  ///< those that may sign checkpoints
  bool other_kids_pass = false;       ///< checkpoints of other kids count as none instead of as altered
  bool tail_only = false;             ///< the segments before the first one given lie elsewhere
  std::optional<AuditTip> anchor;     ///< a tip from elsewhere that the log must contain
  /// Records after the last checkpoint that are still fine. With keys there has to be a checkpoint in any case, unless
  /// this is UINT64_MAX.
  uint64_t unsigned_records_max = 0;
};

struct AuditReport {
  AuditStatus status = AuditStatus::ok;
  uint64_t segment = 0;         ///< the last one read: where it is wrong, unless ok
  AuditTip tip;                 ///< after the last good record
  uint64_t first_record = 0;    ///< number of the oldest record there is
  uint64_t signed_records = 0;  ///< covered by a checkpoint that verifies
  std::string detail;           ///< what is wrong, empty when ok
};

/// A record that fits the chain. Lifetime: during the call.
struct AuditRecord {
  uint64_t seq = 0;
  std::string_view line;  ///< without its LF
  std::string time;
  std::string type;
};

/// Threads: one.
class AuditVerifier {
 public:
  using OnRecord = std::function<void(const AuditRecord&)>;
  explicit AuditVerifier(AuditCheck check, OnRecord on_record = {});

  /// Where a segment begins, as its first line says; the line itself is not verified. Empty: there is no such line.
  static std::optional<AuditTip> start_of(std::string_view segment);

  /// The whole text of the next segment. False: something is wrong, more is not needed.
  bool segment(uint64_t number, std::string_view text);
  /// The verdict over all segments given.
  AuditReport finish();

 private:
  struct Line;
  bool line(std::string_view text);
  bool begins_well(const Line& line);
  bool checkpoint(const Line& line);
  void see_drop(const Line& line);
  void see_anchor();
  bool stop(AuditStatus status, std::string_view why);

  AuditCheck check_;
  OnRecord on_record_;
  AuditReport report_;
  AuditTip start_;
  uint64_t first_segment_ = 0;  // 0: none yet
  bool at_beginning_ = false;   // of a segment
  bool any_checkpoint_ = false;
  bool drop_seen_ = false;
  bool anchor_seen_ = false;
};

}  // namespace signet::signing
