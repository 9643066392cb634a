// Texts of router/demo/*.graphql, compiled in by deploy/cmake/EmbedTexts.cmake.
#pragma once

#include <string_view>

namespace signet::demo {

extern const std::string_view kSupergraph;  ///< composed; `{port}` stands where the subgraphs' port goes
extern const std::string_view kAccountsSdl;
extern const std::string_view kInventorySdl;
extern const std::string_view kProductsSdl;
extern const std::string_view kReviewsSdl;

}  // namespace signet::demo
