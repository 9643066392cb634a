#include "router/base/error.hpp"

#include <array>

namespace signet {
namespace {

constexpr auto kCodes = std::to_array<ErrorCodeInfo>({
#define SIGNET_ERROR_CODE(name, status, level, help) {#name, status, LogLevel::level, help},
#include "router/base/error_codes.def"
#undef SIGNET_ERROR_CODE
});

}  // namespace

const ErrorCodeInfo& info(ErrorCode code) {
  return kCodes.at(static_cast<size_t>(code));
}

size_t error_code_count() {
  return kCodes.size();
}

}  // namespace signet
