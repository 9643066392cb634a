#include "router/cli/artifact_check.hpp"

#include <fmt/format.h>

#include "router/cli/config_files.hpp"
#include "router/policy/persisted_operations.hpp"
#include "signing/core/gate_checks.hpp"

namespace signet::cli {

void complain_of(const std::string& file, const std::vector<federation::LoadError>& errors) {
  for (const federation::LoadError& error : errors) {
    fmt::print(stderr, "{}{}\n", place(file, error.position.line, error.position.column), error.message);
  }
}

bool check_artifact(signing::ArtifactKind kind, const std::string& file,
                    const std::shared_ptr<const std::string>& stored) {
  const auto text = signing::unpack(stored);
  if (!text) {
    complain(file + ": " + text.error().detail);
    return false;
  }
  if (kind == signing::ArtifactKind::graph) {
    const auto supergraph = federation::load_supergraph(**text);
    if (supergraph) return true;
    complain_of(file, supergraph.error());
    return false;
  }
  if (kind != signing::ArtifactKind::operations) return true;
  const auto manifest = policy::PersistedOperations::parse(**text);
  if (!manifest) complain(file + ": " + manifest.error());
  return manifest.has_value();
}

}  // namespace signet::cli
