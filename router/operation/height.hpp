// The height of an operation: its distinct fields after merging. Internal to router/operation.
#pragma once

#include <cstdint>

#include "router/operation/document_facts.hpp"

namespace signet::operation {

/// Cost: bounded; UINT64_MAX when the bound is reached. Cyclic fragments are harmless.
uint64_t measure_height(const graphql::Document& document, const FragmentIndex& fragments, graphql::SelectionId first);

}  // namespace signet::operation
