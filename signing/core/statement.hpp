// The statement: what a signature says about an artifact.
// Spec: docs/formats/statement.md
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "router/base/clock.hpp"

namespace signet::signing {

enum class ArtifactKind : uint8_t { graph, operations, router };

std::string_view to_text(ArtifactKind kind);
std::optional<ArtifactKind> parse_artifact_kind(std::string_view text);

/// Integers that every JSON reader keeps exact.
inline constexpr uint64_t kSerialMax = (1ull << 53) - 1;

/// Stands as `expires` where nothing says when: what Cosmo's CDN delivers has no statement, and the gate makes one.
inline constexpr WallTime kNoExpiry = WallTime::max();

struct Statement {
  ArtifactKind artifact = ArtifactKind::graph;
  std::string graph;
  std::string environment;
  uint64_t serial = 0;
  std::string previous;  ///< sha256 of the artifact it replaces; empty for the first
  WallTime issued{};     ///< whole seconds
  WallTime expires{};    ///< whole seconds, or kNoExpiry
  uint64_t size = 0;     ///< of the artifact as stored; bytes
  std::string sha256;    ///< of the artifact as stored; 64 lower-case hexadecimal digits

  bool ever_expires() const { return expires != kNoExpiry; }
  friend bool operator==(const Statement&, const Statement&) = default;
};

/// Exactly the nine members, each once. Errors: one sentence, without bytes of the input.
std::expected<Statement, std::string> parse_statement(std::string_view json);

/// Compact JSON in the order of the specification.
std::string print_statement(const Statement& statement);

bool is_sha256_hex(std::string_view text);

/// Units: whole seconds since 1970; 0 for earlier times.
uint64_t unix_seconds(WallTime time);

}  // namespace signet::signing
