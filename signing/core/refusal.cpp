#include "signing/core/refusal.hpp"

#include <array>
#include <fmt/format.h>

namespace signet::signing {
namespace {

constexpr auto kReasons = std::to_array<ReasonInfo>({
#define SIGNET_REFUSAL(name, title, what_to_do) {#name, title, what_to_do},
#include "signing/core/refusals.def"
#undef SIGNET_REFUSAL
});

}  // namespace

const ReasonInfo& info(Reason reason) {
  return kReasons.at(static_cast<size_t>(reason));
}

std::optional<Reason> find_reason(std::string_view code) {
  for (size_t i = 0; i < kReasons.size(); ++i) {
    if (kReasons[i].code == code) return static_cast<Reason>(i);
  }
  return std::nullopt;
}

size_t reason_count() {
  return kReasons.size();
}

std::string printable(std::string_view text, size_t characters_max) {
  std::string out;
  for (char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    const bool plain = byte >= 0x20 && byte < 0x7F && c != '\\';
    const std::string piece = plain ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
    if (out.size() + piece.size() > characters_max) break;
    out += piece;
  }
  return out;
}

}  // namespace signet::signing
