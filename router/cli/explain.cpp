// signet explain: what a refusal means and what to do about it.
#include <fmt/format.h>

#include "router/base/error.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "signing/core/refusal.hpp"

namespace signet::cli {

int explain_refusal(const std::string& code) {
  const auto reason = signing::find_reason(code);
  if (reason) {
    const signing::ReasonInfo& found = signing::info(*reason);
    fmt::print("{}\n  what happened: {}\n  what to do:    {}\n", found.code, found.title, found.what_to_do);
    return kOk;
  }
  for (size_t i = 0; i < error_code_count(); ++i) {
    const ErrorCodeInfo& found = info(static_cast<ErrorCode>(i));
    if (found.name != code) continue;
    fmt::print(
        "{}\n  no refusal of an artifact, but an error that clients see, with HTTP status {}\n  what it means: {}\n",
        found.name, found.http_status, found.help);
    return kOk;
  }
  complain(fmt::format("{}: there is no refusal of that name; these are:", code));
  for (size_t i = 0; i < signing::reason_count(); ++i) {
    fmt::print(stderr, "  {}\n", signing::info(static_cast<signing::Reason>(i)).code);
  }
  return kUsage;
}

}  // namespace signet::cli
