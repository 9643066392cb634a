// Answers that the router writes itself: errors in the GraphQL shape, and small JSON pages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "router/app/prepared_operation.hpp"
#include "router/base/error.hpp"
#include "router/http/negotiation.hpp"
#include "router/net/http_server.hpp"

namespace signet::app {

/// `{"errors":[{"message":…,"extensions":{"code":…}}]}`
std::string error_body(const Error& error);
std::string error_body(const DocumentErrors& errors);

/// "Content-Type: …; charset=utf-8\r\n"
std::string_view content_type_field(http::ResponseType type);

/// A JSON page of the health and admin listeners; never cached.
net::ServerResponse json_page(int status, std::string body);
net::ServerResponse text_page(int status, std::string_view content_type, std::string body);

}  // namespace signet::app
