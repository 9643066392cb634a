// ApprovedArtifacts: what an admission server approved before, by graph. The base of its comparisons, and its memory.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "signing/core/statement.hpp"

namespace signet::admission {

/// One line of artifacts: those of one kind, for one graph in one environment.
struct Line {
  signing::ArtifactKind kind = signing::ArtifactKind::graph;
  std::string graph, environment;
  friend auto operator<=>(const Line&, const Line&) = default;

  static Line of(const signing::Statement& statement) {
    return {statement.artifact, statement.graph, statement.environment};
  }
};

/// router/app keeps them in files. Threads: one.
class ApprovedArtifacts {
 public:
  virtual ~ApprovedArtifacts() = default;

  virtual bool holds(const Line& line, std::string_view sha256) = 0;
  /// The bytes as stored, their digest verified. Errors: why they cannot be had, fit for an answer.
  virtual std::expected<std::string, std::string> read(const Line& line, std::string_view sha256) = 0;
  /// Of the statements that were approved; 0: none was.
  virtual uint64_t highest_serial(const Line& line) = 0;
  /// Empty: what it remembers of the line is whole, or nothing was ever approved there. Else what is wrong and what to
  /// do, fit for an answer: then neither the highest serial nor that an artifact is the first can be relied on.
  virtual std::string problem(const Line& line) = 0;
  /// Remembers that `statement` was approved, on disk when it returns. `bytes` may be empty for what it holds already.
  /// Errors: why it cannot be kept, fit for an answer; then it does not count as approved.
  virtual std::expected<void, std::string> keep(const signing::Statement& statement, std::string_view bytes) = 0;
};

}  // namespace signet::admission
