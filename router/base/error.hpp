// Error and ErrorCode: one closed registry of codes (error_codes.def), each with its HTTP status, log level and help.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace signet {

enum class ErrorCode : uint8_t {
#define SIGNET_ERROR_CODE(name, status, level, help) name,
#include "router/base/error_codes.def"
#undef SIGNET_ERROR_CODE
};

enum class LogLevel : uint8_t { debug, info, warn, error };

struct ErrorCodeInfo {
  std::string_view name;  ///< as in `extensions.code`
  uint16_t http_status;
  LogLevel log_level;
  std::string_view help;
};

const ErrorCodeInfo& info(ErrorCode code);

/// Number of codes in the registry; codes are 0 .. count-1.
size_t error_code_count();

/// What went wrong, and the words for it: lower case, the offending value, the limit, what to do.
struct Error {
  ErrorCode code = ErrorCode::INTERNAL_ERROR;
  std::string message;
};

}  // namespace signet
