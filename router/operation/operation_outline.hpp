// A normalised operation as an outline, for people and tools.
#pragma once

#include "router/json/outline.hpp"
#include "router/operation/operation.hpp"
#include "router/schema/schema.hpp"

namespace signet::operation {

/// `operation`, with its `variable`s and the `class`es of its root; classes have `field`s, and those have classes
/// again.
json::Outline outline(const NormalizedOperation& operation, const schema::Schema& schema);

}  // namespace signet::operation
