// What /status and /admin/reload tell, for a terminal of 80 columns.
#pragma once

#include <string>

#include "router/json/document.hpp"

namespace signet::cli {

/// `page` is the JSON of /status. What it lacks is left out, so that routers of other versions can be asked.
std::string render_status(const json::Document& page);
/// `page` is the JSON that answers POST /admin/reload.
std::string render_reload(const json::Document& page);

}  // namespace signet::cli
