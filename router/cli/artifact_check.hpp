// Whether the router could build what an artifact holds, before it is signed or after it is verified.
#pragma once

#include <memory>
#include <string>

#include "router/federation/supergraph.hpp"
#include "signing/core/statement.hpp"

namespace signet::cli {

/// One line for each, with its place in `file`, on standard error.
void complain_of(const std::string& file, const std::vector<federation::LoadError>& errors);

/// Reads the artifact as the router would, gzip included. Problems go to standard error, each with its place in `file`.
bool check_artifact(signing::ArtifactKind kind, const std::string& file,
                    const std::shared_ptr<const std::string>& stored);

}  // namespace signet::cli
