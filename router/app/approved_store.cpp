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
constexpr std::string_view kNothingYet = "signet-state none\n";

}  // namespace

std::string ApprovedStore::path(const Line& line, std::string_view name) const {
  return fmt::format("{}/{}/{}/{}/{}", folder_, signing::to_text(line.kind), line.graph, line.environment, name);
}

std::expected<void, std::string> ApprovedStore::check() const {
  return check_writable(folder_);
}

ApprovedStore::State ApprovedStore::load(const Line& line) const {
  State state;
  const std::string folder = path(line, "");
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::string name = at->path().filename();
    if (signing::is_sha256_hex(name)) state.digests.insert(std::move(name));
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    state.damage = fmt::format("{}: {}", folder, error.message());
  } else {
    load_list(path(line, kFloorFile), state);
  }
  return state;
}

void ApprovedStore::load_list(const std::string& file, State& state) const {
  std::error_code error;
  if (fs::symlink_status(file, error).type() == fs::file_type::not_found) {
    if (!state.digests.empty()) state.damage = file + ": is missing, beside artifacts that were approved";
    return;
  }
  const auto bytes = read_file(file, signing::kStateFileBytesMax);
  if (bytes && *bytes == kNothingYet) return;
  const auto record = bytes ? signing::parse_state(*bytes) : std::unexpected(bytes.error());
  if (!record) {
    state.damage = bytes ? fmt::format("{}: {}", file, record.error()) : record.error();
    return;
  }
  state.highest_serial = record->serial;
  state.highest_sha256 = record->sha256;
}

// What is damaged may have been mended since.
ApprovedStore::State& ApprovedStore::state(const Line& line) {
  const auto found = states_.find(line);
  if (found != states_.end() && found->second.damage.empty()) return found->second;
  State loaded = load(line);
  const bool known = found != states_.end() && found->second.damage == loaded.damage;
  if (!loaded.damage.empty() && !known) problem_(loaded.damage);
  return states_.insert_or_assign(line, std::move(loaded)).first->second;
}

std::string ApprovedStore::problem(const Line& line) {
  if (state(line).damage.empty()) return {};
  const std::string folder = fmt::format("{}/{}/{}", signing::to_text(line.kind), line.graph, line.environment);
  return fmt::format(
      "the server's list of what it approved is damaged or missing; in its store_dir, restore {0}/approved from a "
      "backup, or remove {0} to begin anew",
      folder);
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

// The artifact first, then the floor: after a crash between them the artifact is known and nobody was told yes. Before
// the first artifact of all the list says that there is none, since a list that is missing beside artifacts is damage.
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
    if (known.highest_serial == 0 && known.digests.empty() && known.damage.empty()) {
      if (const auto written = replace_file(path(line, kFloorFile), kNothingYet); !written) {
        return failed(written.error());
      }
    }
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
    known.damage.clear();
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
