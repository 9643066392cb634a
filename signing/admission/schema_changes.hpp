// What changed between two artifacts of a graph, as clients see it: the API schema, without what is @inaccessible and
// without federation's machinery. And where its requests go.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "router/schema/schema.hpp"
#include "signing/admission/change_class.hpp"
#include "signing/core/artifact.hpp"

namespace signet::admission {

/// Changes of the API schema, in the order of `before` and then of `after`. Breaking and dangerous ones are those of
/// graphql-js 16 (findBreakingChanges, findDangerousChanges), which tests/counterparts/schema-changes proves.
std::vector<Change> schema_changes(const schema::Schema& before, const schema::Schema& after);

/// Subgraphs by name.
std::vector<Change> subgraph_changes(const std::vector<signing::Subgraph>& before,
                                     const std::vector<signing::Subgraph>& after);

/// All changes between two supergraphs, decompressed. Errors: which of them cannot be read, and why.
std::expected<std::vector<Change>, std::string> graph_changes(const std::string& before, const std::string& after);

}  // namespace signet::admission
