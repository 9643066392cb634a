// Whether the router could build what an artifact holds, before it is signed or after it is verified.
#pragma once

#include <memory>
#include <string>

#include "signing/core/statement.hpp"

namespace signet::cli {

/// Reads the artifact as the router would, gzip included. Problems go to standard error, each with its place in `file`.
bool check_artifact(signing::ArtifactKind kind, const std::string& file,
                    const std::shared_ptr<const std::string>& stored);

}  // namespace signet::cli
