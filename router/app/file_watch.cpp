#include "router/app/file_watch.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/app/files.hpp"
#include "router/base/units.hpp"

namespace signet::app {

std::string FileProblem::text() const {
  return fmt::format("{}: {} {}", key, file, reason);
}

std::expected<std::string, FileProblem> read_file_of(const std::string& key, const std::string& path,
                                                     uint64_t bytes_max) {
  auto read = read_file(path, bytes_max);
  if (read) return std::move(*read);
  // The path stands in front of the system's words already.
  const std::string& words = read.error();
  return std::unexpected(FileProblem{key, path, words.substr(std::min(words.size(), path.size() + 2))});
}

void FileWatch::use(const crypto::Sha256& digest, WallTime now) {
  digest_ = digest;
  since_ = now;
  problem_.reset();
  wrong_since_.reset();
}

bool FileWatch::holds(const crypto::Sha256& digest) {
  if (digest != digest_) return false;
  problem_.reset();
  wrong_since_.reset();
  return true;
}

bool FileWatch::refuse(const FileProblem& problem, SteadyTime now, WallTime wall, bool patient) {
  if (problem_ && problem_->what.text() == problem.text()) return false;
  if (!wrong_since_) wrong_since_ = now;
  if (patient && now - *wrong_since_ < kTornGrace) return false;
  problem_ = Told{problem, wall};
  return true;
}

void FileWatch::write_status(json::Writer& writer, std::string_view what_to_do) const {
  writer.key("since").value(format_timestamp(since_)).key("refused");
  if (!problem_) {
    writer.null();
    return;
  }
  writer.begin_object().key("file").value(problem_->what.file).key("reason").value(problem_->what.reason);
  writer.key("at").value(format_timestamp(problem_->at)).key("what_to_do").value(what_to_do).end_object();
}

}  // namespace signet::app
