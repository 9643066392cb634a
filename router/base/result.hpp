// Result<T>: what every fallible function of the house returns. Exceptions do not cross a room's boundary.
#pragma once

#include <expected>
#include <utility>

#include "router/base/error.hpp"

namespace signet {

template <class T = void>
using Result = std::expected<T, Error>;

/// Shorthand for `std::unexpected(Error{code, message})`.
inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected(Error{code, std::move(message)});
}

}  // namespace signet

#define SIGNET_CONCAT_INNER(a, b) a##b
#define SIGNET_CONCAT(a, b) SIGNET_CONCAT_INNER(a, b)

/// `SIGNET_TRY(auto value, expression)`: on failure returns the error from the enclosing function, else moves the value
/// out. `SIGNET_TRY_VOID(expression)` does the same where there is no value.
#define SIGNET_TRY(declaration, expression) \
  SIGNET_TRY_IMPL(SIGNET_CONCAT(signet_try_, __LINE__), declaration, expression)
#define SIGNET_TRY_IMPL(name, declaration, expression)                    \
  auto name = (expression);                                               \
  if (!name.has_value()) return std::unexpected(std::move(name).error()); \
  declaration = std::move(name).value()
#define SIGNET_TRY_VOID(expression)                                                                         \
  do {                                                                                                      \
    if (auto signet_try = (expression); !signet_try) return std::unexpected(std::move(signet_try).error()); \
  } while (false)
