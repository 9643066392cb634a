// AuditFile: the hash-chained audit log in the state folder, one line per decision.
#pragma once

#include <functional>
#include <string>

#include "signing/core/audit_chain.hpp"

namespace signet::app {

/// Threads: the control thread.
class AuditFile {
 public:
  using OnProblem = std::function<void(const std::string& problem)>;

  /// Keeps no log until it is opened.
  explicit AuditFile(OnProblem on_problem) : on_problem_(std::move(on_problem)) {}
  ~AuditFile();
  AuditFile(const AuditFile&) = delete;
  AuditFile& operator=(const AuditFile&) = delete;

  /// Continues the chain of an existing file. What cannot be continued is a problem, and no log is kept.
  void open(const std::string& path);
  /// A line that cannot be written is a problem.
  void append(WallTime now, std::string_view type, const signing::AuditAttributes& attributes);

 private:
  int descriptor_ = -1;
  signing::AuditChain chain_;
  OnProblem on_problem_;
};

}  // namespace signet::app
