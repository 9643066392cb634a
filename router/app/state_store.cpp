#include "router/app/state_store.hpp"

#include <filesystem>

#include "router/app/files.hpp"
#include "router/base/limits.hpp"
#include "signing/core/last_good.hpp"

namespace signet::app {

using signing::ArtifactKind;

std::string StateStore::path(ArtifactKind kind, std::string_view suffix) const {
  return folder_ + "/" + std::string(signing::to_text(kind)) + std::string(suffix);
}

std::expected<void, std::string> StateStore::check() const {
  if (folder_.empty()) return {};
  return check_writable(folder_);
}

std::optional<signing::StateRecord> StateStore::load_state(ArtifactKind kind, std::string& problem) const {
  const std::string file = path(kind, ".state");
  std::error_code ignored;
  if (folder_.empty() || !std::filesystem::exists(file, ignored)) return std::nullopt;
  auto bytes = read_file(file, signing::kStateFileBytesMax);
  if (!bytes) {
    problem = bytes.error();
    return std::nullopt;
  }
  auto record = signing::parse_state(*bytes);
  if (!record) {
    problem = file + ": " + record.error();
    return std::nullopt;
  }
  return *record;
}

std::optional<signing::Candidate> StateStore::load_last_good(ArtifactKind kind, std::string& problem) const {
  const std::string file = path(kind, ".last-good");
  std::error_code ignored;
  if (folder_.empty() || !std::filesystem::exists(file, ignored)) return std::nullopt;
  auto bytes = read_file(file, limits::kArtifactBytesMax + 2 * limits::kAdmissionAnswerBytesMax);
  if (!bytes) {
    problem = bytes.error();
    return std::nullopt;
  }
  auto candidate = signing::parse_last_good(*bytes);
  if (!candidate) {
    problem = file + ": " + candidate.error();
    return std::nullopt;
  }
  return *candidate;
}

bool StateStore::holds(ArtifactKind kind) const {
  std::error_code ignored;
  return folder_.empty() || (std::filesystem::exists(path(kind, ".state"), ignored) &&
                             std::filesystem::exists(path(kind, ".last-good"), ignored));
}

std::expected<void, std::string> StateStore::save(const signing::Artifact& artifact, const signing::GateState& state,
                                                  WallTime now) const {
  if (folder_.empty()) return {};
  const signing::Statement& statement = artifact.statement;
  const signing::StateRecord record{
      .artifact = statement.artifact,
      .graph = statement.graph,
      .environment = statement.environment,
      .serial = statement.serial,
      .sha256 = statement.sha256,
      .applied = artifact.body_signature ? statement.issued : std::chrono::floor<std::chrono::seconds>(now),
      .replaced = state.replaced};
  const auto copied = replace_file(path(statement.artifact, ".last-good"), signing::print_last_good(artifact));
  const auto floor = replace_file(path(statement.artifact, ".state"), signing::print_state(record));
  return copied ? floor : copied;
}

}  // namespace signet::app
