// Reader: one subgraph answer into the store.
// Spec: https://spec.graphql.org/September2025/#sec-Response-Format
#pragma once

#include <span>
#include <vector>

#include "router/execution/errors.hpp"
#include "router/execution/execution.hpp"
#include "router/execution/store.hpp"
#include "router/execution/workspace.hpp"

namespace signet::execution {

/// Reads `answer` to `request`, whose lists held as many `representations` (none for root fetches), into `store`, which
/// keeps what is needed of its text. The layout is known from the plan: no tree is made of it.
/// Whatever is wrong with it becomes an entry of `errors` for each fetch that it concerns; whatever is right is kept.
void read_answer(const Plan& plan, const Settings& settings, RequestId request,
                 std::span<const uint32_t> representations, HttpAnswer&& answer, Workspace& workspace, Store& store,
                 std::vector<FetchError>& errors);

}  // namespace signet::execution
