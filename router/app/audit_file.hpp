// AuditFile: the hash-chained audit log in the state folder, one line per decision.
#pragma once

#include <string>

#include "signing/core/audit_chain.hpp"

namespace signet::app {

/// Threads: the control thread.
class AuditFile {
 public:
  /// Continues the chain of an existing file; an empty path keeps no log.
  explicit AuditFile(std::string path);
  ~AuditFile();
  AuditFile(const AuditFile&) = delete;
  AuditFile& operator=(const AuditFile&) = delete;

  void append(WallTime now, std::string_view type, const signing::AuditAttributes& attributes);
  /// Lines that could not be written.
  uint64_t failed() const { return failed_; }

 private:
  int descriptor_ = -1;
  signing::AuditChain chain_;
  uint64_t failed_ = 0;
};

}  // namespace signet::app
