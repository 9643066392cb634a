// What builder and verifier of the audit chain must agree on.
#pragma once

#include <string>
#include <string_view>

#include "signing/core/audit_chain.hpp"

namespace signet::signing {

inline constexpr std::string_view kCheckpointType = "checkpoint";
inline constexpr std::string_view kSegmentType = "segment";
inline constexpr std::string_view kDropType = "retention.drop";
inline constexpr size_t kAuditLineBytesMax = 64u << 10;
inline constexpr size_t kAuditValueBytesMax = 4u << 10;

/// The hash of a line, given the text before `,"hash"`.
std::string audit_hash(std::string_view line_without_hash);
/// What a checkpoint signs.
std::string audit_checkpoint_text(const AuditTip& tip);

}  // namespace signet::signing
