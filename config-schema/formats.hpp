// The `format` words of the schemas as functions: which text is a duration, an endpoint, a kid, an origin, …
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "config-schema/config.hpp"

namespace signet::config {

/// Errors: what is wrong or what is allowed, ready to stand behind the offending value.
std::expected<void, std::string> check_format(std::string_view format, std::string_view text);

/// How a value of `format` is written, for messages and the reference: "a duration like 1m30s". Empty for an unknown
/// format.
std::string_view format_hint(std::string_view format);

/// `1.2.3.4:80`, `[::1]:80`, `unix:/path`. Errors: as check_format().
std::expected<Endpoint, std::string> parse_endpoint(std::string_view text);
/// As parse_endpoint(), and `off`, which is an endpoint without address.
std::expected<Endpoint, std::string> parse_endpoint_or_off(std::string_view text);

/// A whole number in its only spelling: `0` or digits without a leading zero. Errors: as check_format().
std::expected<uint64_t, std::string> parse_whole_number(std::string_view text);

/// `0`, `1`, `0.25`: a decimal number from 0 to 1. Errors: as check_format().
std::expected<double, std::string> parse_fraction(std::string_view text);

/// `09:30`, up to `24:00`. Errors: as check_format().
std::expected<std::chrono::minutes, std::string> parse_time_of_day(std::string_view text);

/// True for 127.0.0.0/8, ::1, `localhost` and Unix sockets.
bool is_loopback_host(std::string_view host);

}  // namespace signet::config
