#include "router/app/approved_store.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <vector>

#include "router/app/files.hpp"
#include "router/base/limits.hpp"
#include "router/crypto/crypto.hpp"
#include "signing/core/state_record.hpp"

namespace signet::app {

namespace fs = std::filesystem;
using admission::Line;

namespace {

constexpr std::string_view kFloorFile = "approved";

}  // namespace

std::string ApprovedStore::path(const Line& line, std::string_view name) const {
  return fmt::format("{}/{}/{}/{}/{}", folder_, signing::to_text(line.kind), line.graph, line.environment, name);
}

std::expected<void, std::string> ApprovedStore::check() const {
  const std::string probe = folder_ + "/.writable";
  auto written = replace_file(probe, "");
  std::error_code ignored;
  fs::remove(probe, ignored);
  return written;
}

ApprovedStore::State ApprovedStore::load(const Line& line) const {
  State state;
  std::error_code error;
  for (fs::directory_iterator at(path(line, ""), error), end; !error && at != end; at.increment(error)) {
    std::string name = at->path().filename();
    if (signing::is_sha256_hex(name)) state.digests.insert(std::move(name));
  }
  const std::string file = path(line, kFloorFile);
  if (!fs::exists(file, error)) return state;
  const auto bytes = read_file(file, signing::kStateFileBytesMax);
  const auto record = bytes ? signing::parse_state(*bytes) : std::unexpected(bytes.error());
  if (!record) {
    problem_(fmt::format("{}: {}", file, record.error()));
    return state;
  }
  state.highest_serial = record->serial;
  state.highest_sha256 = record->sha256;
  return state;
}

ApprovedStore::State& ApprovedStore::state(const Line& line) {
  const auto found = states_.find(line);
  return found != states_.end() ? found->second : states_.emplace(line, load(line)).first->second;
}

bool ApprovedStore::holds(const Line& line, std::string_view sha256) {
  return state(line).digests.contains(sha256);
}

std::expected<std::string, std::string> ApprovedStore::read(const Line& line, std::string_view sha256) {
  State& known = state(line);
  if (!known.digests.contains(sha256)) return std::unexpected(std::string("it was not approved, or is kept no longer"));
  const std::string file = path(line, sha256);
  auto bytes = read_file(file, limits::kArtifactBytesMax);
  if (bytes && crypto::sha256_hex(*bytes) == sha256) return bytes;
  problem_(bytes ? file + ": the copy is damaged: its digest does not fit" : bytes.error());
  known.digests.erase(std::string(sha256));  // it can be approved, and written, again
  return std::unexpected(std::string("the server's copy is damaged"));
}

uint64_t ApprovedStore::highest_serial(const Line& line) {
  return state(line).highest_serial;
}

// The artifact first, then the floor: after a crash between them the artifact is known and nobody was told yes.
std::expected<void, std::string> ApprovedStore::keep(const signing::Statement& statement, std::string_view bytes) {
  const Line line = Line::of(statement);
  State& known = state(line);
  const auto failed = [this](const std::string& problem) {
    problem_(problem);
    return std::unexpected(std::string("the server cannot write to its store_dir"));
  };
  std::error_code error;
  const bool made = fs::create_directories(path(line, ""), error);
  if (error) return failed(fmt::format("{}: {}", path(line, ""), error.message()));
  if (made) fs::permissions(path(line, ""), fs::perms::owner_all, error);
  if (!bytes.empty() && !known.digests.contains(statement.sha256)) {
    if (const auto written = replace_file(path(line, statement.sha256), bytes); !written) {
      return failed(written.error());
    }
    known.digests.insert(statement.sha256);
  }
  if (statement.serial > known.highest_serial) {
    const signing::StateRecord record{.artifact = statement.artifact,
                                      .graph = statement.graph,
                                      .environment = statement.environment,
                                      .serial = statement.serial,
                                      .sha256 = statement.sha256,
                                      .applied = std::chrono::floor<std::chrono::seconds>(clock_.wall())};
    if (const auto written = replace_file(path(line, kFloorFile), signing::print_state(record)); !written) {
      return failed(written.error());
    }
    known.highest_serial = statement.serial;
    known.highest_sha256 = statement.sha256;
  }
  prune(line, known, statement.sha256);
  return {};
}

void ApprovedStore::prune(const Line& line, State& state, std::string_view spared) const {
  if (state.digests.size() <= artifacts_max_) return;
  std::vector<std::pair<fs::file_time_type, std::string>> old;
  std::error_code error;
  for (const std::string& digest : state.digests) {
    if (digest == spared || digest == state.highest_sha256) continue;
    old.emplace_back(fs::last_write_time(path(line, digest), error), digest);
  }
  std::ranges::sort(old);
  for (const auto& [written, digest] : old) {
    if (state.digests.size() <= artifacts_max_) return;
    fs::remove(path(line, digest), error);
    state.digests.erase(digest);
  }
}

}  // namespace signet::app
