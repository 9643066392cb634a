// The `representations` of an entity fetch: raw text of key and requirement fields, each distinct one once.
#pragma once

#include <optional>
#include <string>

#include "router/execution/cursor.hpp"

namespace signet::execution {

/// Appends the JSON list of representations for `fetch` to `out` and links every object that takes part to its own.
/// An object without all key fields takes no part. Returns how many representations there are; nothing when the objects
/// are too many to walk.
std::optional<size_t> build_representations(const Plan& plan, Store& store, FetchId fetch, std::string& out);

/// Links the objects of a root fetch below the root. Returns 1 when there are any, else 0.
size_t link_reentry(const Plan& plan, Store& store, FetchId fetch);

}  // namespace signet::execution
