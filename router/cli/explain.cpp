// signet explain: what a refusal or an alarm means and what to do about it.
#include <algorithm>
#include <fmt/format.h>
#include <vector>

#include "config-schema/validator.hpp"
#include "router/base/error.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "signing/core/gate_checks.hpp"
#include "signing/core/refusal.hpp"

namespace signet::cli {
namespace {

using signing::Alarm;

bool explain_alarm(const std::string& code) {
  for (size_t i = 0; i < signing::kAlarms; ++i) {
    const auto alarm = static_cast<Alarm>(i);
    if (signing::to_text(alarm) != code) continue;
    fmt::print("{}\n  an alarm about an artifact that serves\n  what to do:    {}\n", code, signing::what_to_do(alarm));
    return true;
  }
  return false;
}

bool explain_reason(const std::string& code) {
  const auto reason = signing::find_reason(code);
  if (!reason) return false;
  const signing::ReasonInfo& found = signing::info(*reason);
  fmt::print("{}\n  what happened: {}\n  what to do:    {}\n", found.code, found.title, found.what_to_do);
  return true;
}

bool explain_error(const std::string& code) {
  for (size_t i = 0; i < error_code_count(); ++i) {
    const ErrorCodeInfo& found = info(static_cast<ErrorCode>(i));
    if (found.name != code) continue;
    fmt::print(
        "{}\n  no refusal of an artifact, but an error that clients see, with HTTP status {}\n  what it means: {}\n",
        found.name, found.http_status, found.help);
    return true;
  }
  return false;
}

}  // namespace

// A refusal and an alarm may have one name: then both are told.
int explain_refusal(const std::string& code) {
  const bool reason = explain_reason(code), alarm = explain_alarm(code);
  if (reason || alarm || explain_error(code)) return kOk;
  std::vector<std::string_view> known;
  for (size_t i = 0; i < signing::reason_count(); ++i) {
    known.push_back(signing::info(static_cast<signing::Reason>(i)).code);
  }
  for (size_t i = 0; i < signing::kAlarms; ++i) {
    const std::string_view name = signing::to_text(static_cast<Alarm>(i));
    if (std::ranges::find(known, name) == known.end()) known.push_back(name);
  }
  const std::string_view meant = config::nearest(code, known);
  const std::string_view hint = meant.empty() ? "" : "did you mean ";
  complain(fmt::format("{}: there is no refusal and no alarm of that name; {}{}{}these are:",
                       signing::printable(code, 64), hint, meant, meant.empty() ? "" : "? "));
  for (const std::string_view name : known) fmt::print(stderr, "  {}\n", name);
  return kUsage;
}

}  // namespace signet::cli
