// One HTTP exchange, waited for: what commands need that ask a running router.
#pragma once

#include <chrono>
#include <expected>
#include <string>

#include "router/http/message.hpp"

namespace signet::cli {

/// `body` is sent as JSON by POST; without one the request is a GET. Threads: any; blocks at most `timeout`.
/// Errors: a URL that is none, or why no answer came.
std::expected<http::Response, std::string> one_request(const std::string& url, const std::string& body = {},
                                                       std::chrono::milliseconds timeout = std::chrono::seconds(5));

}  // namespace signet::cli
