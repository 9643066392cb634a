// Refusal: why an artifact does not get in. One closed registry (refusals.def) feeds metrics, audit log and explain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace signet::signing {

enum class Reason : uint8_t {
#define SIGNET_REFUSAL(name, title, what_to_do) name,
#include "signing/core/refusals.def"
#undef SIGNET_REFUSAL
};

struct ReasonInfo {
  std::string_view code;
  std::string_view title;
  std::string_view what_to_do;
};

const ReasonInfo& info(Reason reason);
/// The reason with that code, for `signet explain refusal CODE`.
std::optional<Reason> find_reason(std::string_view code);
/// Reasons are 0 .. count-1.
size_t reason_count();

struct Refusal {
  Reason reason = Reason::statement_malformed;
  std::string detail;  ///< for the operator; no secret, no expected MAC, text from outside escaped and cut
};

template <class T = void>
using Verification = std::expected<T, Refusal>;

inline std::unexpected<Refusal> refuse(Reason reason, std::string detail) {
  return std::unexpected(Refusal{reason, std::move(detail)});
}

/// Text from outside, fit for logs and terminals: control and non-ASCII bytes as \xNN, at most `characters_max` long.
std::string printable(std::string_view text, size_t characters_max = 256);

}  // namespace signet::signing
