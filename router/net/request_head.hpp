// The head of a request to a subgraph, as it is sent.
#pragma once

#include <string>

#include "router/http/transport.hpp"

namespace signet::net {

/// Request line and fields, with Host and Content-Length, up to the empty line.
std::string request_head(const http::Request& request);

}  // namespace signet::net
