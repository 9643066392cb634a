// Fixed ceilings on outside data. What an operator can tune stands in config-schema; these numbers bound the rest.
//
// Units stand last in each name. The table for people is in docs/limits.md.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signet::limits {

inline constexpr uint32_t kJsonDepthMax = 200;
inline constexpr size_t kArtifactWireBytesMax = 16u << 20;
inline constexpr size_t kArtifactBytesMax = 64u << 20;
inline constexpr size_t kStatementBytesMax = 64u << 10;
inline constexpr size_t kUrlBytesMax = 2048;  // URLs in artifacts and configuration
inline constexpr size_t kRequestTargetBytesMax = 16u << 10;
inline constexpr size_t kHeaderBytesMax = 64u << 10;
inline constexpr size_t kHeaderFieldsMax = 100;
inline constexpr size_t kCosmoKeysMax = 8;  // trusted keys of format cosmo: every body is tried with each
inline constexpr size_t kAdmissionAnswerBytesMax = 1u << 20;
inline constexpr size_t kCollectorAnswerBytesMax = 64u << 10;
inline constexpr size_t kValidationErrorsMax = 10;     // reported at once to a client
inline constexpr uint32_t kOperationDepthMax = 500;    // nesting of a normalised operation; limits.depth is lower
inline constexpr size_t kCoercedBytesMax = 16u << 20;  // one variable, defaults filled in
inline constexpr size_t kErrorPathsMax = 100;          // client paths per subgraph error

}  // namespace signet::limits
