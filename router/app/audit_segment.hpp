// AuditSegment: one file of the audit log. A line is in it whole and on disk, or not at all.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signet::app {

/// No segment is larger: rotate.size is at most 1 GiB, and one line more may be written.
inline constexpr uint64_t kAuditSegmentBytesMax = (1u << 30) + (1u << 20);

/// `audit-00000007.log`: names sort as the segments follow each other.
std::string audit_segment_name(uint64_t number);
/// Nothing for other files.
std::optional<uint64_t> audit_segment_number(std::string_view name);
/// The numbers of the segments in a folder, ascending. Errors: the system's words, with the folder.
std::expected<std::vector<uint64_t>, std::string> list_audit_segments(const std::string& folder);

/// The beginning of a segment, first line included. Errors: the system's words, with the path.
std::expected<std::string, std::string> audit_segment_beginning(const std::string& path);

/// Threads: one.
class AuditSegment {
 public:
  /// Opens or makes the file, mode 0600. Errors: the system's words, with the path.
  static std::expected<std::unique_ptr<AuditSegment>, std::string> open(const std::string& path);
  ~AuditSegment();
  AuditSegment(const AuditSegment&) = delete;
  AuditSegment& operator=(const AuditSegment&) = delete;

  /// Flushed to disk when it returns. Errors: as open(); what was written of the line is cut off again.
  std::expected<void, std::string> append(std::string_view line);
  /// Cuts the file to its first `bytes`. Errors: as open().
  std::expected<void, std::string> cut(uint64_t bytes);
  uint64_t size() const { return size_; }

 private:
  AuditSegment(std::string path, int descriptor, uint64_t size)
      : path_(std::move(path)), descriptor_(descriptor), size_(size) {}
  std::string path_;
  int descriptor_;
  uint64_t size_;      // of the whole lines
  bool torn_ = false;  // more than that is in the file
};

}  // namespace signet::app
