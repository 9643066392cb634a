// AuditLog: the audit chain in the state folder. Segments, checkpoints, retention, and recovery after a crash.
#pragma once

#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "router/app/audit_segment.hpp"
#include "signing/core/audit_chain.hpp"

namespace signet::app {

struct AuditSettings {
  std::string folder;
  std::optional<signing::SigningKey> key;  ///< empty: checkpoints are anchored, not signed
  uint64_t checkpoint_records = 1'000;
  uint64_t segment_bytes = 64u << 20;
  uint64_t segments_kept = 16;
  bool refuse_tampered = false;
};

/// What is told elsewhere.
struct AuditHooks {
  /// A record, or the log as a whole, is not on disk.
  std::function<void(const std::string& problem)> problem;
  /// The open segment was altered; the chain goes on in a new one.
  std::function<void(const std::string& problem)> tampered;
  /// The log holds this tip in this segment: what `signet audit verify --anchor` compares.
  std::function<void(const signing::AuditTip&, uint64_t segment)> anchor;
};

/// Threads: one.
class AuditLog {
 public:
  explicit AuditLog(AuditHooks hooks) : hooks_(std::move(hooks)) {}

  /// Continues the newest segment, after verifying it: a record that a crash left half written is moved aside and told
  /// of by a record. A log that cannot be opened is a problem, and is tried again with each record.
  /// Errors: it was altered, and `refuse_tampered` is set.
  std::expected<void, std::string> open(AuditSettings settings, WallTime now);
  bool is_open() const { return segment_ != nullptr; }
  /// A record that does not get to the disk is a problem, and not in the chain. Without open() there is no log.
  void append(WallTime now, std::string_view type, const signing::AuditAttributes& attributes);
  /// Signs and anchors, when there is something new.
  void checkpoint(WallTime now);

  const signing::AuditTip& tip() const { return chain_.tip(); }
  /// Number of the open segment.
  uint64_t segment() const { return numbers_.empty() ? 0 : numbers_.back(); }

 private:
  /// The end of a segment that is no whole line.
  struct Torn {
    uint64_t segment;
    std::string bytes;
  };
  struct Failure {
    bool tampered;
    std::string text;
  };

  std::expected<void, Failure> recover(WallTime now);
  std::expected<void, std::string> begin_segment(WallTime now, uint64_t number);
  std::expected<void, std::string> set_aside(const Torn& torn, uint64_t whole);
  std::expected<void, std::string> write(signing::AuditChain next, const std::string& line);
  bool record(WallTime now, std::string_view type, const signing::AuditAttributes& attributes);
  void rotate(WallTime now);
  void drop_oldest(WallTime now);
  std::string path(uint64_t number) const { return settings_.folder + "/" + audit_segment_name(number); }

  AuditHooks hooks_;
  AuditSettings settings_;
  std::deque<uint64_t> numbers_;  // of the segments there are; the last one is open
  std::unique_ptr<AuditSegment> segment_;
  signing::AuditChain chain_;
  uint64_t since_checkpoint_ = 0;
  uint64_t last_number_ = 0;  // of the segments that this process wrote
  bool wanted_ = false;       // open() was called
};

}  // namespace signet::app
